"""The audit log: every change of a tenant, a limit or a key is in it, with who, when and from where."""

import getpass

import pytest

from support import keys
from support.client import Client
from support.http import expect, expect_json, expect_problem
from support.operator import Operator, every_page
from support.secrets import BOOK

MEMBERS = {"id", "at", "actor", "action", "target", "before", "after", "request_id", "address"}


@pytest.fixture(scope="module")
def boss(dev):
    return Operator(dev.url, dev.env["TOLLGATE_OPERATOR_KEY"])


def entries(client):
    found = every_page(client, "/v1/audit", limit=3)
    assert all(set(entry) == MEMBERS for entry in found), found
    assert [entry["at"] for entry in found] == sorted((entry["at"] for entry in found), reverse=True)
    return found


def test_what_an_operator_does_is_in_the_tenants_log(boss):
    tenant = boss.create(limits={"storage_quota_bytes": 1000})
    admin = Client(boss.base, tenant["key"])
    first, made = entries(admin)
    assert made["action"] == "tenant.create" and made["target"] == {"kind": "tenant", "id": tenant["id"]}
    assert made["before"] is None and made["after"]["limits"]["storage_quota_bytes"] == 1000
    assert first["action"] == "key.create" and first["after"]["name"] == "admin"
    assert made["actor"]["kind"] == "operator" and made["actor"] == first["actor"]
    assert made["address"] == "127.0.0.1" and made["request_id"] == first["request_id"]

    answer = boss.try_change(tenant["id"], limits={"storage_quota_bytes": None, "object_quota": 5}, name="New")
    assert expect_json(answer, 200)["limits"]["object_quota"] == 5
    changed = entries(admin)[0]
    assert changed["action"] == "tenant.update" and changed["request_id"] == answer.headers["X-Request-Id"]
    assert changed["before"] == {
        "name": tenant["name"], "limits": {"storage_quota_bytes": 1000, "object_quota": None},
    }  # fmt: skip
    assert changed["after"] == {"name": "New", "limits": {"storage_quota_bytes": None, "object_quota": 5}}

    boss.change(tenant["id"], suspended=True)
    boss.change(tenant["id"], suspended=False)
    recovery = expect_json(boss.call("POST", f"/v1/tenants/{tenant['id']}/keys"), 201)
    BOOK.note("an API key", recovery["key"])
    newest = entries(admin)[:3]
    assert [entry["action"] for entry in newest] == ["key.create", "tenant.resume", "tenant.suspend"]
    assert newest[0]["target"] == {"kind": "key", "id": recovery["id"]}
    assert (newest[2]["before"], newest[2]["after"]) == ({"suspended": False}, {"suspended": True})


def test_what_changes_nothing_leaves_no_entry(boss):
    tenant = boss.create()
    admin = Client(boss.base, tenant["key"])
    before = entries(admin)
    boss.change(tenant["id"])
    boss.change(tenant["id"], name=tenant["name"], suspended=False, limits={"storage_quota_bytes": None})
    expect_problem(boss.try_change(tenant["id"], limits={"object_quota": -1}), 422, "invalid-request")
    expect_problem(boss.try_create(slug=tenant["slug"], name="Again"), 409, "conflict")
    mine = before[0]["target"]["id"]
    expect_problem(admin.call("DELETE", f"/v1/keys/{mine}"), 409, "invalid-state")
    expect_problem(admin.call("POST", "/v1/keys", json={"name": "x"}), 422, "invalid-request")
    assert entries(admin) == before


def test_what_an_admin_does_with_keys_is_logged(tenant):
    owner = tenant()
    me = entries(owner.client)[0]["target"]["id"]
    made = expect_json(owner.client.call("POST", "/v1/keys", json={"name": "k", "scopes": ["uploads:read"]}), 201)
    rotated = owner.client.call("POST", f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": 60})
    successor = expect_json(rotated, 201)
    BOOK.note("an API key", made["key"])
    BOOK.note("an API key", successor["key"])
    for _ in range(2):
        expect(owner.client.call("DELETE", f"/v1/keys/{successor['id']}"), 204)
    newest = entries(owner.client)[:4]
    assert [(entry["action"], entry["target"]["id"]) for entry in newest] == [
        ("key.revoke", successor["id"]),
        ("key.rotate", made["id"]),
        ("key.create", successor["id"]),
        ("key.create", made["id"]),
    ]
    assert all(entry["actor"] == {"kind": "key", "key_id": me} for entry in newest)
    assert newest[1]["before"] == {"expires_at": None}
    assert newest[1]["after"]["successor_id"] == successor["id"]
    assert newest[0]["before"] == {"revoked_at": None} and newest[0]["after"]["revoked_at"]


def test_what_the_command_line_does_is_logged(dev, tenant):
    owner = tenant()
    dev.console.succeed("tenant", "set-limits", owner.slug, "--object-quota", "5")
    dev.console.suspend_tenant(owner.slug)
    dev.console.resume_tenant(owner.slug)
    made = dev.console.create_key(owner.slug, "by hand", ["uploads:read"])
    dev.console.revoke_key(owner.slug, made["id"])
    dev.console.revoke_key(owner.slug, made["id"])
    found = entries(owner.client)
    assert [entry["action"] for entry in found] == [
        "key.revoke", "key.create", "tenant.resume", "tenant.suspend", "tenant.update", "key.create", "tenant.create",
    ]  # fmt: skip
    for entry in found:
        assert entry["actor"] == {"kind": "cli", "user": getpass.getuser()}
        assert entry["request_id"] is None and entry["address"] is None
    assert found[4]["after"] == {"limits": {"object_quota": 5}}


def test_a_log_is_its_tenants_alone(acme, rival):
    mine, theirs = entries(acme.client), entries(rival.client)
    assert mine and theirs and not {entry["id"] for entry in mine} & {entry["id"] for entry in theirs}
    cursor = {"cursor": theirs[0]["id"], "limit": 200}
    page = expect_json(acme.client.call("GET", "/v1/audit", params=cursor), 200)["data"]
    assert not {entry["id"] for entry in page} & {entry["id"] for entry in theirs}


def test_the_operators_own_keys_are_in_no_tenants_log(dev, acme):
    before = entries(acme.client)
    BOOK.note("an operator key", keys.FORM.search(dev.console.create_operator_key("audited")).group(0))
    assert entries(acme.client) == before
    assert dev.database.platform_actions()[-1] == "key.create"


@pytest.mark.parametrize("query", ["limit=0", "cursor=x", "tenant=y"])
def test_a_bad_query_is_refused(acme, query):
    expect_problem(acme.client.call("GET", "/v1/audit?" + query), 400, "malformed-request")
