"""Keys over the API: made, listed, rotated, revoked; nobody gives what they do not have."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from support import keys
from support.client import Client
from support.http import expect, expect_json, expect_problem
from support.operator import every_page
from support.processes import wait_until
from support.secrets import BOOK

MEMBERS = {
    "id", "name", "hint", "scopes", "constraints", "created_at", "created_by", "expires_at", "revoked_at",
    "last_used_at",
}  # fmt: skip
ALL = ["uploads:write", "uploads:read", "uploads:delete", "usage:read", "keys:manage"]


def at(**ahead):
    return (datetime.now(UTC) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read(time):
    return datetime.fromisoformat(time)


def try_make(client, name="made", scopes=("uploads:read",), **members):
    response = client.call("POST", "/v1/keys", json={"name": name, "scopes": list(scopes)} | members)
    if response.status_code == 201:
        BOOK.note("an API key", response.json()["key"])
    return response


def make(client, *args, **members):
    return expect_json(try_make(client, *args, **members), 201)


def rotate(client, key_id, **members):
    response = client.call("POST", f"/v1/keys/{key_id}/rotate", **({"json": members} if members else {}))
    if response.status_code == 201:
        BOOK.note("an API key", response.json()["key"])
    return response


def show(client, key_id):
    return expect_json(client.call("GET", f"/v1/keys/{key_id}"), 200)


@pytest.fixture
def owner(tenant):
    return tenant()


def own_id(client):
    return next(key["id"] for key in every_page(client, "/v1/keys") if client.key.startswith(key["hint"] + "_"))


# Making and reading


def test_a_key_is_shown_whole_once(owner):
    made = make(owner.client, "for the shop", ["uploads:read", "uploads:write"], expires_at=at(days=1))
    secret = made.pop("key")
    keys.digit_order(secret)
    assert set(made) == MEMBERS and made["hint"] == "tg_" + keys.public_id(secret)
    assert made["name"] == "for the shop" and made["scopes"] == ["uploads:write", "uploads:read"]
    assert made["constraints"] == {"max_file_bytes": None, "allowed_types": None}
    assert made["created_by"] == own_id(owner.client) and made["revoked_at"] is None
    shown = show(owner.client, made["id"])
    assert {**shown, "last_used_at": None} == made
    for text in (str(shown), str(every_page(owner.client, "/v1/keys")), str(every_page(owner.client, "/v1/audit"))):
        assert secret not in text and secret[16:] not in text and "argon2" not in text
    expect(Client(owner.client.base, secret).call("GET", "/v1/uploads"), 200)


def test_a_keys_secret_lies_nowhere_in_the_database(dev, owner):
    secret = make(owner.client)["key"]
    with psycopg.connect(dev.env["TOLLGATE_DATABASE_URL"]) as connection:
        for table in ("api_keys", "audit_entries"):
            rows = str(connection.execute(f"SELECT t::text FROM {table} AS t").fetchall())
            assert keys.public_id(secret) in rows and secret[16:] not in rows, table
        audited = str(connection.execute("SELECT t::text FROM audit_entries AS t").fetchall())
        assert "argon2" not in audited


def test_keys_are_listed_newest_first_page_by_page(owner):
    made = [make(owner.client, f"key {number}")["id"] for number in range(5)]
    listed = [key["id"] for key in every_page(owner.client, "/v1/keys", limit=2)]
    assert listed[:5] == made[::-1] and len(listed) == 6
    expect_problem(owner.client.call("GET", "/v1/keys?limit=0"), 400, "malformed-request")
    expect_problem(owner.client.call("GET", "/v1/keys?cursor=x"), 400, "malformed-request")


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({"name": None}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "a\tb"}, "/name"),
        ({"scopes": None}, "/scopes"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": "uploads:read"}, "/scopes"),
        ({"scopes": ["uploads:read", "uploads:everything"]}, "/scopes/1"),
        ({"scopes": ["uploads:read", 7]}, "/scopes/1"),
        ({"expires_at": "tomorrow"}, "/expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": 4102444800}, "/expires_at"),
        ({"constraints": []}, "/constraints"),
        ({"constraints": {"max_file_bytes": 0}}, "/constraints/max_file_bytes"),
        ({"constraints": {"allowed_types": ["png"]}}, "/constraints/allowed_types/0"),
        ({"constraints": {"allowed_types": []}}, "/constraints/allowed_types"),
        ({"constraints": {"max_bytes": 5}}, "/constraints/max_bytes"),
        ({"tenant": "other"}, "/tenant"),
    ],
    ids=str,
)
def test_a_bad_member_is_pointed_at(acme, members, pointer):
    wanted = {"name": "bad", "scopes": ["uploads:read"]} | members
    body = {name: value for name, value in wanted.items() if value is not None}
    expect_problem(acme.client.call("POST", "/v1/keys", json=body), 422, "invalid-request", pointer)


def test_an_expired_key_is_refused(owner):
    made = make(owner.client, expires_at=at(seconds=3))
    brief = Client(owner.client.base, made["key"])
    expect(brief.call("GET", "/v1/uploads"), 200)
    wait_until(lambda: brief.call("GET", "/v1/uploads").status_code == 401, 10, "the key had ended")


@pytest.mark.parametrize("method, path", [("POST", "/v1/keys"), ("GET", "/v1/keys"), ("GET", "/v1/audit"),
                                          ("GET", "/v1/keys/{id}"), ("DELETE", "/v1/keys/{id}"),
                                          ("POST", "/v1/keys/{id}/rotate")], ids=lambda part: part)  # fmt: skip
def test_only_who_manages_keys_may(owner, method, path):
    narrow = owner.client_with("uploads:write", "uploads:read", "uploads:delete", "usage:read")
    body = {} if method == "POST" else None
    answer = narrow.call(method, path.replace("{id}", own_id(owner.client)), json=body)
    expect_problem(answer, 403, "forbidden")


# Nobody gives what they do not have


def test_a_scope_that_the_maker_lacks_is_not_given(owner):
    keeper = owner.client_with("keys:manage", "uploads:read")
    make(keeper, "alike", ["uploads:read"])
    expect_problem(try_make(keeper, "wider", ["uploads:read", "uploads:write"]), 403, "forbidden", "/scopes")
    expect_problem(try_make(owner.client, "boss", ["operator"]), 403, "forbidden", "/scopes")


@pytest.mark.parametrize(
    "constraints, pointer",
    [
        ({"max_file_bytes": 1001}, "/constraints/max_file_bytes"),
        ({"allowed_types": ["image/png", "text/plain"]}, "/constraints/allowed_types"),
        ({"allowed_types": ["image/*"]}, "/constraints/allowed_types"),
        ({"allowed_types": ["*/*"]}, "/constraints/allowed_types"),
        ({"allowed_types": ["video/*"]}, None),
        ({"allowed_types": ["video/mp4"], "max_file_bytes": 1000}, None),
        ({"allowed_types": ["IMAGE/PNG"], "max_file_bytes": 1}, None),
    ],
    ids=str,
)
def test_a_constraint_is_never_looser_than_the_makers(owner, constraints, pointer):
    own = {"max_file_bytes": 1000, "allowed_types": ["image/png", "video/*"]}
    keeper = Client(owner.client.base, make(owner.client, "keeper", ALL, constraints=own)["key"])
    answer = try_make(keeper, "other", ["uploads:write"], constraints=constraints)
    if pointer:
        expect_problem(answer, 403, "forbidden", pointer)
        return
    made = expect_json(answer, 201)["constraints"]
    # What was not said is the maker's own.
    assert made["max_file_bytes"] == constraints.get("max_file_bytes", 1000)
    assert made["allowed_types"] == [pattern.lower() for pattern in constraints["allowed_types"]]


def test_a_key_ends_no_later_than_its_maker(owner):
    end = at(days=2)
    keeper = Client(owner.client.base, make(owner.client, "keeper", ALL, expires_at=end)["key"])
    assert make(keeper, "alike")["expires_at"] == end
    assert make(keeper, "sooner", expires_at=at(days=1))["expires_at"] < end
    expect_problem(try_make(keeper, "later", expires_at=at(days=3)), 403, "forbidden", "/expires_at")


def test_a_narrow_admin_cannot_rotate_itself_a_wider_key(owner):
    keeper = owner.client_with("keys:manage")
    wide = own_id(owner.client)
    expect_problem(rotate(keeper, wide), 403, "forbidden", "/scopes")
    assert show(owner.client, wide)["expires_at"] is None
    expect(rotate(keeper, own_id(keeper)), 201)


# Rotating


def test_a_rotated_key_holds_until_the_overlap_is_over(owner):
    made = make(owner.client, "shop", ["uploads:read"], constraints={"max_file_bytes": 5})
    successor = expect_json(rotate(owner.client, made["id"], overlap_seconds=3600), 201)
    for name in ("name", "scopes", "constraints", "expires_at"):
        assert successor[name] == made[name], name
    assert successor["id"] != made["id"] and successor["key"] != made["key"]
    for key in (made["key"], successor["key"]):
        expect(Client(owner.client.base, key).call("GET", "/v1/uploads"), 200)
    left = read(show(owner.client, made["id"])["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < left <= timedelta(hours=1), left


def test_a_rotation_without_overlap_ends_the_old_key_at_once(owner):
    made = make(owner.client, "shop", ["uploads:read"])
    successor = expect_json(rotate(owner.client, made["id"]), 201)
    expect_problem(Client(owner.client.base, made["key"]).call("GET", "/v1/uploads"), 401, "unauthenticated")
    expect(Client(owner.client.base, successor["key"]).call("GET", "/v1/uploads"), 200)
    expect_problem(rotate(owner.client, made["id"]), 409, "invalid-state")


def test_a_rotation_never_lengthens_a_keys_life(owner):
    end = at(minutes=5)
    made = make(owner.client, expires_at=end)
    expect(rotate(owner.client, made["id"], overlap_seconds=604800), 201)
    assert show(owner.client, made["id"])["expires_at"] == end


@pytest.mark.parametrize("seconds", [-1, 604801, "10", 1.5])
def test_an_overlap_out_of_range_is_refused(acme, seconds):
    answer = rotate(acme.client, own_id(acme.client), overlap_seconds=seconds)
    expect_problem(answer, 422, "invalid-request", "/overlap_seconds")


def test_the_only_admin_can_rotate_its_own_key(owner):
    successor = expect_json(rotate(owner.client, own_id(owner.client)), 201)
    expect_problem(owner.client.call("GET", "/v1/keys"), 401, "unauthenticated")
    expect(Client(owner.client.base, successor["key"]).call("GET", "/v1/keys"), 200)


# Revoking


def test_a_revoked_key_is_refused_and_stays_listed(owner):
    made = make(owner.client)
    for _ in range(2):
        expect(owner.client.call("DELETE", f"/v1/keys/{made['id']}"), 204)
        expect_problem(Client(owner.client.base, made["key"]).call("GET", "/v1/uploads"), 401, "unauthenticated")
    assert show(owner.client, made["id"])["revoked_at"] is not None
    expect_problem(rotate(owner.client, made["id"]), 409, "invalid-state")


def test_the_last_admin_key_stays(owner):
    mine = own_id(owner.client)
    make(owner.client, "no admin", ["uploads:write"])
    ended = make(owner.client, "ended admin", ALL)
    expect(owner.client.call("DELETE", f"/v1/keys/{ended['id']}"), 204)
    expect_problem(owner.client.call("DELETE", f"/v1/keys/{mine}"), 409, "invalid-state")
    expect(owner.client.call("GET", "/v1/keys"), 200)
    second = make(owner.client, "second admin", ["keys:manage"])
    expect(owner.client.call("DELETE", f"/v1/keys/{mine}"), 204)
    other = Client(owner.client.base, second["key"])
    expect_problem(other.call("DELETE", f"/v1/keys/{second['id']}"), 409, "invalid-state")


def test_of_admins_that_revoke_each_other_at_once_one_stays(owner):
    for _ in range(5):
        pair = [Client(owner.client.base, make(owner.client, "rival", ALL)["key"]) for _ in range(2)]
        ids = [own_id(client) for client in pair]
        expect(pair[0].call("DELETE", f"/v1/keys/{own_id(owner.client)}"), 204)
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda turn: pair[turn].call("DELETE", f"/v1/keys/{ids[1 - turn]}"), range(2))  # noqa: B023
            )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses in ([204, 401], [204, 409]), [answer.text for answer in answers]
        left = [client for client in pair if client.call("GET", "/v1/keys").status_code == 200]
        assert len(left) == 1, "exactly one admin is left"
        owner.client = left[0]


def test_many_revocations_at_once_leave_one_admin(owner):
    admins = [Client(owner.client.base, make(owner.client, f"admin {n}", ALL)["key"]) for n in range(6)]
    ids = [own_id(client) for client in admins]
    with ThreadPoolExecutor(6) as pool:
        # Each revokes itself: nobody's right to speak ends by another's hand.
        answers = list(pool.map(lambda turn: admins[turn].call("DELETE", f"/v1/keys/{ids[turn]}"), range(6)))
    assert {answer.status_code for answer in answers} == {204}, "the owner's own key is still there"
    expect_problem(owner.client.call("DELETE", f"/v1/keys/{own_id(owner.client)}"), 409, "invalid-state")


# Other tenants


@pytest.mark.parametrize("method, tail", [("GET", ""), ("DELETE", ""), ("POST", "/rotate")])
@pytest.mark.parametrize("which", ["theirs", "nobodys", "no id"])
def test_anothers_key_is_not_found(acme, rival, method, tail, which):
    theirs = own_id(rival.client)
    key_id = {"theirs": theirs, "nobodys": str(uuid.uuid4()), "no id": "x"}[which]
    expect_problem(acme.client.call(method, f"/v1/keys/{key_id}{tail}"), 404, "not-found")
    assert show(rival.client, theirs)["revoked_at"] is None
    assert theirs not in {key["id"] for key in every_page(acme.client, "/v1/keys")}
