"""Upload tokens: credentials for a browser, for the uploads of one end user."""

import base64
import json
from datetime import UTC, datetime

import psycopg
import pytest

from support.client import Client
from support.http import expect, expect_json, expect_problem
from support.operator import Operator, every_page
from support.processes import wait_until
from support.secrets import BOOK
from support.tenants import make_tenant


def issue(client, uploaded_by="user-42", **members):
    answer = expect_json(client.call("POST", "/v1/tokens", json={"uploaded_by": uploaded_by} | members), 201)
    assert set(answer) == {"token", "expires_at"}, answer
    BOOK.note("an upload token", answer["token"])
    return answer


def browser(owner, uploaded_by="user-42", client=None, **members):
    return Client(owner.gateway.url, issue(client or owner.client, uploaded_by, **members)["token"])


def seconds_from_now(text):
    return (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds()


def test_a_token_goes_the_whole_way_of_an_upload(tenant):
    owner = tenant()
    page = browser(owner)
    assert page.check(file_name="a.png", file_size=3)["accepted"] is True
    ticket = page.start(file_name="a.png", file_size=3)
    assert page.get(ticket["id"])["uploaded_by"] == "user-42"
    page.renew(ticket["id"])
    page.store(ticket, b"abc")
    assert page.finish(ticket["id"])["status"] == "finished"
    upload = owner.client.get(ticket["id"])
    assert upload["uploaded_by"] == "user-42" and upload["size"] == 3
    aborted = page.start(file_name="b.png", file_size=3)
    page.delete(aborted["id"])
    page.delete(aborted["id"])
    assert page.get(aborted["id"])["status"] == "aborted"


def test_a_token_says_how_long_it_lives(tenant):
    owner = tenant()
    assert 3590 < seconds_from_now(issue(owner.client)["expires_at"]) <= 3600
    assert 50 < seconds_from_now(issue(owner.client, expires_in=60)["expires_at"]) <= 60


def test_a_token_is_told_from_a_key_and_holds_no_secret(tenant):
    owner = tenant()
    token = issue(owner.client)["token"]
    assert token.startswith("tgt_") and owner.key not in token
    content = token.split(".")[1]
    members = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    assert members["sub"] == "user-42" and owner.key.split("_")[1] == members["key"]


def test_a_token_starts_for_its_own_user_alone(tenant):
    page = browser(tenant())
    for client_call in ("/v1/uploads", "/v1/uploads/check"):
        answer = page.call("POST", client_call, json={"file_name": "a.png", "file_size": 1, "uploaded_by": "user-43"})
        expect_problem(answer, 403, "forbidden")
    ticket = page.start(file_name="a.png", file_size=1, uploaded_by="user-42")
    assert page.get(ticket["id"])["uploaded_by"] == "user-42"


def test_uploads_of_others_are_not_there_for_a_token(tenant, rival):
    owner = tenant()
    page = browser(owner)
    foreign = [
        owner.client.start(file_name="a.png", file_size=1),
        owner.client.start(file_name="a.png", file_size=1, uploaded_by="user-43"),
        browser(owner, "user-4").start(file_name="a.png", file_size=1),
        rival.client.start(file_name="a.png", file_size=1, uploaded_by="user-42"),
    ]
    for ticket in foreign:
        path = f"/v1/uploads/{ticket['id']}"
        for method, route in [("GET", path), ("DELETE", path), ("POST", path + "/finish"), ("POST", path + "/renew")]:
            expect_problem(page.call(method, route), 404, "not-found")
    assert owner.counters.pending_uploads == 3
    # What the server started for this user is the page's to finish.
    ticket = owner.client.start(file_name="a.png", file_size=1, uploaded_by="user-42")
    page.store(ticket, b"1")
    page.finish(ticket["id"])


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/v1/uploads"),
        ("GET", "/v1/uploads/{id}/url"),
        ("POST", "/v1/files"),
        ("PUT", "/v1/files/{id}"),
        ("POST", "/api/upload/standard/"),
        ("POST", "/v1/tokens"),
    ],
)
def test_a_token_does_nothing_else(tenant, method, path):
    owner = tenant()
    page = browser(owner)
    mine = page.upload(b"abc")
    answer = page.call(method, path.format(id=mine["id"]), json={"uploaded_by": "user-42"} if method != "GET" else None)
    expect_problem(answer, 403, "forbidden")


def test_a_token_does_not_delete_what_is_finished(tenant):
    owner = tenant()
    page = browser(owner)
    mine = page.upload(b"abc")
    expect_problem(page.call("DELETE", f"/v1/uploads/{mine['id']}"), 403, "forbidden")
    owner.client.assert_stored(mine["id"], b"abc")


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({}, "/uploaded_by"),
        ({"uploaded_by": ""}, "/uploaded_by"),
        ({"uploaded_by": "x" * 256}, "/uploaded_by"),
        ({"uploaded_by": 7}, "/uploaded_by"),
        ({"uploaded_by": "u", "expires_in": 0}, "/expires_in"),
        ({"uploaded_by": "u", "expires_in": 86401}, "/expires_in"),
        ({"uploaded_by": "u", "expires_in": "60"}, "/expires_in"),
        ({"uploaded_by": "u", "scopes": []}, "/scopes"),
        ({"uploaded_by": "u", "constraints": []}, "/constraints"),
        ({"uploaded_by": "u", "constraints": {"max_file_byte": 1}}, "/constraints/max_file_byte"),
        ({"uploaded_by": "u", "constraints": {"max_file_bytes": 0}}, "/constraints/max_file_bytes"),
        ({"uploaded_by": "u", "constraints": {"allowed_types": "image/*"}}, "/constraints/allowed_types"),
        ({"uploaded_by": "u", "constraints": {"allowed_types": ["image"]}}, "/constraints/allowed_types/0"),
    ],
)
def test_a_wrong_member_is_named(api, members, pointer):
    expect_problem(api.call("POST", "/v1/tokens", json=members), 422, "invalid-request", pointer)


def test_a_token_narrows_what_its_key_allows(tenant):
    page = browser(tenant(), constraints={"max_file_bytes": 5, "allowed_types": ["image/*"]})
    page.start(file_name="a.png", file_size=5)
    expect_problem(page.try_start(file_name="a.png", file_size=6), 413, "file-too-large")
    expect_problem(page.try_start(file_name="a.txt", file_size=5), 422, "type-not-allowed")


def test_a_token_is_never_looser_than_its_key(dev, tenant):
    owner = tenant()
    answer = dev.console.create_key(owner.slug, "tight", ["uploads:write"])
    dev.database.constrain_key(answer["id"], 10, ["image/png"])
    key = Client(dev.url, answer["key"])
    for constraints in ({"max_file_bytes": 11}, {"allowed_types": ["image/*"]}):
        asked = {"uploaded_by": "user-42", "constraints": constraints}
        expect_problem(key.call("POST", "/v1/tokens", json=asked), 403, "forbidden")
    page = browser(owner, client=key)
    page.start(file_name="a.png", file_size=10)
    expect_problem(page.try_start(file_name="a.png", file_size=11), 413, "file-too-large")
    expect_problem(page.try_start(file_name="a.gif", file_size=10), 422, "type-not-allowed")


def test_a_token_needs_a_key_that_writes(tenant):
    reader = tenant().client_with("uploads:read")
    expect_problem(reader.call("POST", "/v1/tokens", json={"uploaded_by": "u"}), 403, "forbidden")


def test_a_token_ends_with_its_key(dev, tenant):
    owner = tenant()
    answer = dev.console.create_key(owner.slug, "web", ["uploads:write"])
    page = browser(owner, client=Client(dev.url, answer["key"]))
    ticket = page.start(file_name="a.png", file_size=1)
    dev.console.succeed("key", "revoke", owner.slug, answer["id"])
    wait_until(
        lambda: page.call("GET", f"/v1/uploads/{ticket['id']}").status_code == 401, 2, "the token of a revoked key ended"
    )
    expect_problem(page.try_start(file_name="a.png", file_size=1), 401, "unauthenticated")


def test_the_gateway_that_ends_a_key_knows_its_tokens_ended_without_being_told(fresh_dev):
    gateway = fresh_dev()
    owner = make_tenant(gateway)
    boss = Operator(gateway.url, gateway.env["TOLLGATE_OPERATOR_KEY"])
    with psycopg.connect(gateway.env["TOLLGATE_DATABASE_URL"], autocommit=True) as connection:
        # What the database tells of changes goes nowhere from here on.
        for table in ("api_keys", "tenants"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def page_of_a_new_key():
        made = expect_json(
            owner.client.call("POST", "/v1/keys", json={"name": "k", "scopes": ["uploads:write"]}), 201
        )
        BOOK.note("an API key", made["key"])
        page = browser(owner, client=Client(gateway.url, made["key"]))
        page.check(file_name="a.png", file_size=1)
        return made["id"], page

    def refuse(page, status):
        expect(page.call("POST", "/v1/uploads/check", json={"file_name": "a.png", "file_size": 1}), status)

    revoked, page = page_of_a_new_key()
    expect(owner.client.call("DELETE", f"/v1/keys/{revoked}"), 204)
    refuse(page, 401)
    rotated, page = page_of_a_new_key()
    BOOK.note("an API key", expect_json(owner.client.call("POST", f"/v1/keys/{rotated}/rotate"), 201)["key"])
    refuse(page, 401)
    _, page = page_of_a_new_key()
    tenant = next(t for t in every_page(boss, "/v1/tenants") if t["slug"] == owner.slug)
    boss.change(tenant["id"], suspended=True)
    refuse(page, 403)


def test_a_suspended_tenants_tokens_rest(dev, tenant):
    owner = tenant()
    page = browser(owner)
    page.start(file_name="a.png", file_size=1)
    dev.console.suspend_tenant(owner.slug)
    wait_until(
        lambda: page.try_start(file_name="a.png", file_size=1).status_code == 403, 2, "the suspension was noticed"
    )
    expect_problem(page.try_start(file_name="a.png", file_size=1), 403, "tenant-suspended")
    dev.console.resume_tenant(owner.slug)
    wait_until(lambda: page.try_start(file_name="a.png", file_size=1).status_code == 201, 2, "it was resumed")


def test_a_token_that_is_over_is_refused(tenant):
    page = browser(tenant(), expires_in=1)
    wait_until(
        lambda: page.try_start(file_name="a.png", file_size=1).status_code == 401, 5, "the token came to its end"
    )
    expect_problem(page.try_start(file_name="a.png", file_size=1), 401, "unauthenticated")


def test_a_forged_token_is_refused(dev, tenant):
    token = issue(tenant().client)["token"]
    head, content, signature = token.split(".")
    members = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))) | {"sub": "user-43"}
    forged = base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")
    for text in (f"{head}.{forged}.{signature}", f"{head}.{content}.{signature[::-1]}", f"{head}.{content}.", head):
        expect_problem(Client(dev.url, text).try_start(file_name="a.png", file_size=1), 401, "unauthenticated")


def test_repetitions_of_one_user_are_not_anothers(tenant):
    owner = tenant()
    headers, members = {"Idempotency-Key": "order-66"}, {"file_name": "a.png", "file_size": 1}
    tickets = [
        expect_json(page.try_start(headers, **members), 201)
        for page in (browser(owner), browser(owner), browser(owner, "user-43"), owner.client)
    ]
    assert tickets[0]["id"] == tickets[1]["id"]
    assert len({ticket["id"] for ticket in tickets}) == 3


def test_the_classic_contract_takes_a_token(tenant):
    owner = tenant()
    page = browser(owner)
    started = expect_json(
        page.call("POST", "/api/upload/direct/start/", json={"file_name": "a.png", "file_type": "image/png"}), 200
    )
    foreign = owner.client.start(file_name="a.png", file_size=3)["id"]
    content = {"file": ("a.png", b"abc")}
    expect_problem(page.call("POST", f"/api/upload/direct/local/{foreign}/", files=content), 404, "not-found")
    expect(page.call("POST", f"/api/upload/direct/local/{started['id']}/", files=content), 200)
    expect_problem(page.call("POST", "/api/upload/direct/finish/", json={"file_id": foreign}), 404, "not-found")
    expect(page.call("POST", "/api/upload/direct/finish/", json={"file_id": started["id"]}), 200)
    assert owner.client.get(started["id"])["uploaded_by"] == "user-42"


def test_a_token_survives_a_restart(fresh_dev):
    gateway = fresh_dev()
    page = browser(make_tenant(gateway))
    gateway.stop()
    gateway.start()
    page.base = gateway.url
    page.start(file_name="a.png", file_size=1)
