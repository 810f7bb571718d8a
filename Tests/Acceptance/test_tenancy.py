"""Tenants cannot see each other: another's id is answered exactly as one that nobody has."""

import uuid

import pytest

from support import pictures
from support.client import post_form
from support.http import expect, expect_problem, explain

FORM = {"files": {"file": ("a.png", b"abc")}}

# One line for each route that takes an id; a new route belongs here.
WALK = [
    ("GET", "/v1/uploads/{id}", {}),
    ("GET", "/v1/uploads/{id}/url", {}),
    ("GET", "/v1/uploads/{id}/url?disposition=attachment&expires_in=60", {}),
    ("POST", "/v1/uploads/{id}/finish", {}),
    ("POST", "/v1/uploads/{id}/renew", {}),
    ("DELETE", "/v1/uploads/{id}", {}),
    ("PUT", "/v1/files/{id}", FORM),
    ("POST", "/api/upload/direct/finish/", {"json": {"file_id": "{id}"}}),
    ("POST", "/api/files/upload/direct/finish", {"json": {"file_id": "{id}"}}),
    ("POST", "/api/upload/direct/local/{id}/", FORM),
    ("POST", "/api/files/upload/direct/local/{id}", FORM),
]


@pytest.fixture(scope="module")
def finished(api):
    return api.upload(pictures.png(), "mine.png", uploaded_by="me")["id"]


@pytest.fixture(scope="module")
def pending(api):
    return api.start(file_name="mine.png", file_size=3)["id"]


@pytest.fixture(scope="module")
def aborted(api):
    upload_id = api.start(file_name="mine.png", file_size=3)["id"]
    api.delete(upload_id)
    return upload_id


def ask(client, method, path, options, upload_id):
    filled = {name: {key: value.replace("{id}", upload_id) for key, value in given.items()} if name == "json" else given
              for name, given in options.items()}  # fmt: skip
    return client.call(method, path.replace("{id}", upload_id), **filled)


def comparable(response, upload_id):
    body = {name: value for name, value in response.json().items() if name != "request_id"}
    text = repr(sorted(body.items())).replace(upload_id, "{id}")
    headers = {name: value for name, value in response.headers.items() if name.lower() not in ("date", "x-request-id")}
    return response.status_code, text, headers


@pytest.mark.parametrize("state", ["finished", "pending", "aborted"])
@pytest.mark.parametrize("method, path, options", WALK, ids=[f"{method} {path}" for method, path, _ in WALK])
def test_anothers_upload_is_not_found(request, rival, api, state, method, path, options):
    theirs, nobodys = request.getfixturevalue(state), str(uuid.uuid4())
    before = api.get(theirs)
    answer = ask(rival.client, method, path, options, theirs)
    expect_problem(answer, 404, "not-found")
    control = ask(rival.client, method, path, options, nobodys)
    assert comparable(answer, theirs) == comparable(control, nobodys), f"{explain(answer)}\n\n{explain(control)}"
    assert api.get(theirs) == before, "a refused call changed another tenant's upload"


def test_lists_hold_only_ones_own(rival, api, finished):
    mine = rival.client.start(file_name="a.png", file_size=1, uploaded_by="me")["id"]
    assert {upload["id"] for upload in rival.client.list(limit=200)["data"]} == {mine}
    assert mine not in {upload["id"] for upload in api.list(limit=200)["data"]}
    assert {upload["id"] for upload in rival.client.list(uploaded_by="me")["data"]} == {mine}


def test_anothers_cursor_opens_nothing(rival, api, finished, pending):
    cursor = api.list(limit=1)["next_cursor"]
    assert cursor, "the shared tenant has more than one upload"
    response = rival.client.call("GET", "/v1/uploads", params={"cursor": cursor, "limit": 200})
    expect(response, (200, 400))
    if response.status_code == 200:
        assert not {finished, pending} & {upload["id"] for upload in response.json()["data"]}, explain(response)


def test_a_ticket_writes_only_below_its_own_tenant(rival, api):
    ticket = rival.client.start(file_name="a.png", file_size=3)
    assert ticket["key"].startswith(rival.slug + "/"), ticket
    victim = api.upload(b"abc", "a.png")
    answer = post_form(ticket, b"xyz", fields=ticket["fields"] | {"key": victim["key"]})
    assert answer.status_code == 403, explain(answer)
    api.assert_stored(victim["id"], b"abc")
