"""The operator's routes: tenants are made, listed, limited and suspended over the API."""

import base64
import uuid
from hashlib import sha256

import pytest

from support import keys
from support.client import Client
from support.http import expect, expect_json, expect_problem
from support.operator import Operator, every_page
from support.secrets import BOOK

DEFAULTS = {
    "max_file_bytes": 100 * 2**20,
    "min_file_bytes": 1,
    "allowed_types": ["*/*"],
    "storage_quota_bytes": None,
    "object_quota": None,
    "monthly_upload_quota_bytes": None,
    "max_pending_uploads": 1000,
    "url_expiry_seconds": 900,
    "undeclared_url_expiry_seconds": 120,
    "requests_per_second": None,
    "unfinished": "delete",
    "verify_content": "lenient",
}


@pytest.fixture(scope="module")
def boss(dev):
    return Operator(dev.url, dev.env["TOLLGATE_OPERATOR_KEY"])


# Making


def test_a_tenant_is_made_with_its_first_admin_key(boss):
    slug = boss.fresh_slug()
    made = boss.create(slug, name="Acme Inc.", limits={"storage_quota_bytes": 1000, "allowed_types": ["image/*"]})
    keys.digit_order(made["key"])
    assert made["slug"] == slug and made["name"] == "Acme Inc." and made["suspended"] is False
    assert made["limits"] == DEFAULTS | {"storage_quota_bytes": 1000, "allowed_types": ["image/*"]}
    assert made["usage"]["storage_bytes"] == {"limit": 1000, "used": 0, "reserved": 0, "available": 1000}

    admin = Client(boss.base, made["key"])
    ticket = admin.start(file_name="a.png", file_size=10)
    assert ticket["key"].startswith(slug + "/")
    mine = expect_json(admin.call("GET", "/v1/tenant"), 200)
    assert mine["id"] == made["id"] and mine["limits"] == made["limits"] and "key" not in mine
    assert mine["usage"]["storage_bytes"]["reserved"] == 10 and mine["usage"]["pending_uploads"]["used"] == 1
    listed = expect_json(admin.call("GET", "/v1/keys"), 200)["data"]
    assert [key["name"] for key in listed] == ["admin"]


def test_null_is_unlimited_and_a_default_where_there_is_no_unlimited(boss):
    made = boss.create(limits={name: None for name in DEFAULTS})
    unlimited = {"max_file_bytes": None, "max_pending_uploads": None}
    assert made["limits"] == DEFAULTS | unlimited


def test_a_taken_slug_is_a_conflict(boss):
    slug = boss.create()["slug"]
    expect_problem(boss.try_create(slug=slug, name="Again"), 409, "conflict", "/slug")


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({"slug": None}, "/slug"),
        ({"slug": "Acme"}, "/slug"),
        ({"slug": "-acme"}, "/slug"),
        ({"slug": "ab"}, "/slug"),
        ({"slug": 7}, "/slug"),
        ({"name": None}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"name": "x" * 256}, "/name"),
        ({"limits": []}, "/limits"),
        ({"limits": {"storage_quota_bytes": -1}}, "/limits/storage_quota_bytes"),
        ({"limits": {"storage_quota_bytes": 1.5}}, "/limits/storage_quota_bytes"),
        ({"limits": {"storage_quota_bytes": "1GB"}}, "/limits/storage_quota_bytes"),
        ({"limits": {"object_quota": 2**63}}, "/limits/object_quota"),
        ({"limits": {"max_file_bytes": 0}}, "/limits/max_file_bytes"),
        ({"limits": {"min_file_bytes": 10, "max_file_bytes": 5}}, "/limits/min_file_bytes"),
        ({"limits": {"allowed_types": "image/png"}}, "/limits/allowed_types"),
        ({"limits": {"allowed_types": []}}, "/limits/allowed_types"),
        ({"limits": {"allowed_types": ["image/png", "png"]}}, "/limits/allowed_types/1"),
        ({"limits": {"allowed_types": [7]}}, "/limits/allowed_types/0"),
        ({"limits": {"url_expiry_seconds": 9}}, "/limits/url_expiry_seconds"),
        ({"limits": {"undeclared_url_expiry_seconds": 3601}}, "/limits/undeclared_url_expiry_seconds"),
        ({"limits": {"requests_per_second": 0}}, "/limits/requests_per_second"),
        ({"limits": {"unfinished": "keep"}}, "/limits/unfinished"),
        ({"limits": {"verify_content": True}}, "/limits/verify_content"),
        ({"limits": {"storage_quota": 7}}, "/limits/storage_quota"),
        ({"plan": "gold"}, "/plan"),
    ],
    ids=str,
)
def test_a_bad_member_is_pointed_at(boss, members, pointer):
    before = len(every_page(boss, "/v1/tenants"))
    wanted = {"slug": boss.fresh_slug(), "name": "Bad"} | members
    answer = boss.try_create(**{name: value for name, value in wanted.items() if value is not None})
    expect_problem(answer, 422, "invalid-request", pointer)
    assert len(every_page(boss, "/v1/tenants")) == before, "nothing was made"


def test_all_bad_members_are_named_at_once(boss):
    problem = expect_problem(
        boss.try_create(slug="A", name="", limits={"object_quota": -1, "x": 1}, y=2), 422, "invalid-request"
    )
    assert {error["pointer"] for error in problem["errors"]} >= {"/slug", "/name", "/limits/x", "/y"}, problem


# Listing


def test_all_tenants_are_listed_page_by_page_with_usage(boss):
    made = {boss.create()["slug"] for _ in range(5)}
    listed = every_page(boss, "/v1/tenants", limit=2)
    slugs = [tenant["slug"] for tenant in listed]
    assert made <= set(slugs) and slugs == sorted(slugs) and len(slugs) == len(set(slugs))
    assert all(tenant["usage"]["storage_bytes"]["used"] >= 0 and "key" not in tenant for tenant in listed)
    assert slugs == [tenant["slug"] for tenant in every_page(boss, "/v1/tenants")]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=A", "cursor=", "slug=acme"])
def test_a_bad_query_is_refused(boss, query):
    expect_problem(boss.call("GET", "/v1/tenants?" + query), 400, "malformed-request")


@pytest.mark.parametrize("tail", [str(uuid.uuid4()), "acme", "%00"])
def test_an_unknown_tenant_is_not_found(boss, tail):
    expect_problem(boss.call("GET", f"/v1/tenants/{tail}"), 404, "not-found")
    expect_problem(boss.call("PATCH", f"/v1/tenants/{tail}", json={}), 404, "not-found")
    expect_problem(boss.call("POST", f"/v1/tenants/{tail}/keys"), 404, "not-found")


# Changing


def test_a_change_touches_what_it_names_and_nothing_else(boss):
    tenant = boss.create(limits={"storage_quota_bytes": 1000, "object_quota": 7, "unfinished": "finish"})
    before = boss.tenant(tenant["id"])
    assert boss.change(tenant["id"]) == before, "an empty change changes nothing"
    changed = boss.change(tenant["id"], limits={"object_quota": None})
    assert changed["limits"] == before["limits"] | {"object_quota": None}
    changed = boss.change(tenant["id"], name="Another")
    assert changed["name"] == "Another" and changed["limits"]["storage_quota_bytes"] == 1000
    assert boss.tenant(tenant["id"]) == changed


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({"slug": "other"}, "/slug"),
        ({"name": ""}, "/name"),
        ({"suspended": "yes"}, "/suspended"),
        ({"limits": {"max_file_bytes": 4}}, "/limits/min_file_bytes"),
        ({"limits": {"max_file_bytes": "4"}}, "/limits/max_file_bytes"),
    ],
    ids=str,
)
def test_a_bad_change_is_refused_whole(boss, members, pointer):
    tenant = boss.create(limits={"min_file_bytes": 5})
    before = boss.tenant(tenant["id"])
    problem = expect_problem(boss.try_change(tenant["id"], **{"name": "New"} | members), 422, "invalid-request", pointer)
    assert len(problem["errors"]) == 1, problem
    assert boss.tenant(tenant["id"]) == before


def test_a_quota_lowered_under_the_use_refuses_starts_and_loses_nothing(boss):
    tenant = boss.create(limits={"storage_quota_bytes": 1000})
    app = Client(boss.base, tenant["key"])
    content = b"x" * 600
    # With its checksum declared, its form can bring nothing else: a delete gives the room back at once.
    stored = app.upload(content, "a.bin", checksum_sha256=base64.b64encode(sha256(content).digest()).decode())
    pending = app.start(file_name="b.bin", file_size=300)
    changed = boss.change(tenant["id"], limits={"storage_quota_bytes": 500})
    assert changed["usage"]["storage_bytes"] == {"limit": 500, "used": 600, "reserved": 300, "available": 0}
    problem = expect_problem(app.try_start(file_name="c.bin", file_size=1), 403, "quota-exceeded")
    assert problem["quota"]["limit"] == 500 and problem["quota"]["used"] == 600, problem
    # What was promised is kept.
    app.store(pending, b"y" * 300)
    app.finish(pending["id"])
    app.assert_stored(stored["id"], content)
    app.delete(stored["id"])
    # 300 used, 300 held for the form that is still alive.
    expect_problem(app.try_start(file_name="c.bin", file_size=1), 403, "quota-exceeded")
    boss.change(tenant["id"], limits={"storage_quota_bytes": None})
    app.start(file_name="c.bin", file_size=50_000_000)


def test_a_suspended_tenants_keys_are_refused_until_it_is_resumed(boss):
    tenant = boss.create()
    app = Client(boss.base, tenant["key"])
    upload = app.upload(b"abc", "a.bin")
    assert boss.change(tenant["id"], suspended=True)["suspended"] is True
    for method, path in [("GET", "/v1/tenant"), ("GET", "/v1/keys"), ("POST", "/v1/uploads"), ("GET", "/v1/audit")]:
        expect_problem(app.call(method, path, json={} if method == "POST" else None), 403, "tenant-suspended")
    assert boss.change(tenant["id"], suspended=True)["suspended"] is True
    assert boss.change(tenant["id"], suspended=False)["suspended"] is False
    app.assert_stored(upload["id"], b"abc")


def test_a_recovery_key_lets_a_tenant_in_again(boss):
    tenant = boss.create()
    made = expect_json(boss.call("POST", f"/v1/tenants/{tenant['id']}/keys", json={"name": "recovery"}), 201)
    admin = Client(boss.base, made["key"])
    assert made["name"] == "recovery" and "keys:manage" in made["scopes"]
    shown = expect_json(admin.call("GET", f"/v1/keys/{made['id']}"), 200)
    assert shown["name"] == "recovery" and "key" not in shown
    nameless = expect_json(boss.call("POST", f"/v1/tenants/{tenant['id']}/keys"), 201)
    BOOK.note("an API key", nameless["key"])
    assert nameless["name"] == "admin"
    bad = boss.call("POST", f"/v1/tenants/{tenant['id']}/keys", json={"scopes": ["uploads:read"]})
    expect_problem(bad, 422, "invalid-request", "/scopes")


# Who may

ROUTES = [
    ("POST", "/v1/tenants"),
    ("GET", "/v1/tenants"),
    ("GET", "/v1/tenants/{id}"),
    ("PATCH", "/v1/tenants/{id}"),
    ("POST", "/v1/tenants/{id}/keys"),
]


@pytest.mark.parametrize("method, path", ROUTES, ids=lambda part: part)
def test_only_the_operator_may(boss, acme, dev, method, path):
    path = path.replace("{id}", acme.id)
    body = {} if method in ("POST", "PATCH") else None
    expect_problem(acme.client.call(method, path, json=body), 403, "forbidden")
    expect_problem(Client(dev.url, None).call(method, path, json=body), 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/v1/tenant", "/v1/usage", "/v1/keys", "/v1/audit", "/v1/uploads"])
def test_the_operators_key_is_no_tenants(boss, path):
    expect_problem(boss.call("GET", path), 403, "forbidden")


def test_an_operators_key_can_be_revoked(dev):
    printed = dev.console.create_operator_key("passing")
    key = keys.FORM.search(printed).group(0)
    passing = Operator(dev.url, key)
    expect(passing.call("GET", "/v1/tenants"), 200)
    hint = "tg_" + keys.public_id(key)
    listed = dev.console.succeed("operator-key", "list").stdout
    assert hint in listed and "passing" in listed and key not in listed
    dev.console.succeed("operator-key", "revoke", hint)
    expect_problem(passing.call("GET", "/v1/tenants"), 401, "unauthenticated")
    dev.console.refuse("operator-key", "revoke", "tg_nobodyHas000", mention=["tg_nobodyHas000"])


# What a tenant sees of itself


def test_usage_is_told_as_of_a_moment(tenant):
    owner = tenant(storage_quota="1000", monthly_upload_quota="2000", object_quota="5", max_pending_uploads="3")
    owner.client.upload(b"x" * 100, "a.bin")
    owner.client.start(file_name="b.bin", file_size=50)
    usage = expect_json(owner.client_with("usage:read").call("GET", "/v1/usage"), 200)
    assert usage.pop("as_of").endswith("Z")
    assert usage == {
        "storage_bytes": {"limit": 1000, "used": 100, "reserved": 50, "available": 850},
        "objects": {"limit": 5, "used": 1, "reserved": 1, "available": 3},
        "pending_uploads": {"limit": 3, "used": 1, "reserved": 0, "available": 2},
        "monthly_upload_bytes": {"limit": 2000, "used": 100, "reserved": 50, "available": 1850},
    }
    expect_problem(owner.client_with("uploads:read").call("GET", "/v1/usage"), 403, "forbidden")
    # Any key may ask whose it is.
    assert expect_json(owner.client_with("uploads:read").call("GET", "/v1/tenant"), 200)["slug"] == owner.slug
