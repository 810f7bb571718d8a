"""Members of a start that are missing, unknown or out of range: 422, with a pointer to each."""

import json

import pytest

from support.http import expect, expect_problem
from support.tenants import make_tenant

GOOD = {"file_name": "a.png", "file_type": "image/png", "file_size": 10}
A_HASH = "A" * 43 + "="

BAD = [
    # what is changed, where the answer points
    ({"file_name": None}, "/file_name"),
    ({"file_name": ""}, "/file_name"),
    ({"file_name": 7}, "/file_name"),
    ({"file_name": ["a.png"]}, "/file_name"),
    ({"file_name": "a/b.png"}, "/file_name"),
    ({"file_name": "../a.png"}, "/file_name"),
    ({"file_name": "a\\b.png"}, "/file_name"),
    ({"file_name": "a\nb.png"}, "/file_name"),
    ({"file_name": "a\r\nX-Evil: 1.png"}, "/file_name"),
    ({"file_name": "a\0b.png"}, "/file_name"),
    ({"file_name": "a\x7f.png"}, "/file_name"),
    ({"file_name": "a\u0085.png"}, "/file_name"),
    ({"file_name": "."}, "/file_name"),
    ({"file_name": ".."}, "/file_name"),
    ({"file_name": "n" * 300}, "/file_name"),
    ({"file_name": "n" * 256}, "/file_name"),
    ({"file_type": ""}, "/file_type"),
    ({"file_type": "image"}, "/file_type"),
    ({"file_type": "image/"}, "/file_type"),
    ({"file_type": "image/*"}, "/file_type"),
    ({"file_type": "image/png,text/html"}, "/file_type"),
    ({"file_type": "image/png\r\nX-Evil: 1"}, "/file_type"),
    ({"file_type": "image/pn g"}, "/file_type"),
    ({"file_type": "image/" + "x" * 300}, "/file_type"),
    ({"file_type": 7}, "/file_type"),
    ({"file_size": -1}, "/file_size"),
    ({"file_size": 0}, "/file_size"),
    ({"file_size": 1.5}, "/file_size"),
    ({"file_size": "10"}, "/file_size"),
    ({"file_size": True}, "/file_size"),
    ({"file_size": 2**63}, "/file_size"),
    ({"file_size": 10**30}, "/file_size"),
    ({"checksum_sha256": "hello"}, "/checksum_sha256"),
    ({"checksum_sha256": A_HASH[:-1]}, "/checksum_sha256"),
    ({"checksum_sha256": A_HASH[4:]}, "/checksum_sha256"),
    ({"checksum_sha256": "*" + A_HASH[1:]}, "/checksum_sha256"),
    ({"checksum_sha256": 7}, "/checksum_sha256"),
    ({"uploaded_by": "u" * 256}, "/uploaded_by"),
    ({"uploaded_by": {"id": 1}}, "/uploaded_by"),
    ({"uploaded_by": "a\0b"}, "/uploaded_by"),
    ({"metadata": "album"}, "/metadata"),
    ({"metadata": ["album"]}, "/metadata"),
    ({"metadata": {"album": 7}}, "/metadata/album"),
    ({"metadata": {"a/b~c": 7}}, "/metadata/a~1b~0c"),
    ({"metadata": {"big": "x" * 2049}}, "/metadata"),
    ({"expires_in": 9}, "/expires_in"),
    ({"expires_in": 3601}, "/expires_in"),
    ({"expires_in": "900"}, "/expires_in"),
    ({"expires_in": 99.5}, "/expires_in"),
    ({"filesize": 10}, "/filesize"),
    ({"File_Size": 10}, "/File_Size"),
    ({"a/b~c": 1}, "/a~1b~0c"),
]


@pytest.fixture(scope="module")
def owner(dev):
    return make_tenant(dev)


@pytest.mark.parametrize("changes, pointer", BAD, ids=[f"{json.dumps(changes)[:40]}" for changes, _ in BAD])
def test_a_bad_member_is_pointed_at(owner, changes, pointer):
    members = {name: value for name, value in (GOOD | changes).items() if value is not None}
    response = owner.client.call("POST", "/v1/uploads", json=members)
    if pointer == "/file_size" and response.status_code == 413:
        # A whole number beyond everything may as well be called too large.
        expect_problem(response, 413, "file-too-large")
        assert isinstance(changes["file_size"], int) and changes["file_size"] > 2**62
    else:
        expect_problem(response, 422, "invalid-request", pointer)


def test_all_bad_members_are_named_at_once(owner):
    problem = expect_problem(
        owner.client.try_start(file_name="a/b", file_size=-1, surprise=1), 422, "invalid-request", "/file_name"
    )
    assert {"/file_name", "/file_size", "/surprise"} <= {error["pointer"] for error in problem["errors"]}, problem


def test_a_member_given_twice_is_refused(owner):
    body = b'{"file_name": "a.png", "file_size": 1, "file_size": 1000000}'
    response = owner.client.call("POST", "/v1/uploads", data=body, headers={"Content-Type": "application/json"})
    expect_problem(response, (400, 422), ("malformed-request", "invalid-request"))


def test_finish_and_renew_refuse_unknown_members(owner):
    ticket = owner.client.start(file_name="a.png", file_size=1)
    for call in ("finish", "renew"):
        response = owner.client.call("POST", f"/v1/uploads/{ticket['id']}/{call}", json={"file_size": 7})
        expect_problem(response, 422, "invalid-request", "/file_size")
    owner.client.delete(ticket["id"])


@pytest.mark.parametrize(
    "members",
    [
        {"metadata": {"x": "y" * 2000}},
        {"metadata": {}},
        {"uploaded_by": "u" * 255},
        {"uploaded_by": "ü" * 255},
        {"checksum_sha256": A_HASH},
        {"file_type": None},
        {"uploaded_by": None},
        {"file_size": 100 * 2**20},
    ],
    ids=lambda members: json.dumps(members)[:40],
)
def test_the_edges_of_what_is_allowed_are_accepted(tenant, members):
    expect(tenant().client.try_start(**GOOD | members), 201)


def test_nothing_of_all_this_was_reserved(owner):
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects) == (0, 0), counters
    # The one start above was aborted, and holds its byte until its form has expired.
    assert counters.reserved_bytes <= 1 and counters.reserved_objects <= 1, counters
