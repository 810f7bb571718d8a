"""Database roles: a gateway serves under one that has no DDL and cannot rewrite the ledger or the audit log."""

import secrets

import psycopg
import pytest

from support import console, keys
from support.client import Client
from support.cluster import free_port
from support.console import Console
from support.database import Database
from support.gateway import Serve
from support.http import expect, expect_json
from support.operator import Operator, every_page
from support.secrets import BOOK
from support.tenants import make_tenant

ROLE = "tollgate_gateway"


def run(url, sql):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(sql)


def as_role(url, role):
    return url.replace("//tollgate@", f"//{role}@")


@pytest.fixture(scope="module")
def database(cluster):
    """A database whose owner is no superuser and may not create roles, as with a managed PostgreSQL."""
    url = cluster.create_database("roles")
    run(url, "CREATE ROLE keeper LOGIN")
    run(url, f"CREATE ROLE {ROLE} LOGIN")
    run(url, "ALTER DATABASE roles OWNER TO keeper")
    console.succeed("migrate", "--serving-role", ROLE, TOLLGATE_DATABASE_URL=as_role(url, "keeper"))
    return url


@pytest.fixture(scope="module")
def gateway(database, directories, logs):
    url = as_role(database, ROLE)
    served = Serve(url, directories() / "objects", free_port(), logs, "roles")
    served.console, served.database = Console(url), Database(database)
    try:
        served.start()
        yield served
        served.stop()
    finally:
        served.discard()


def test_the_whole_gateway_works_under_the_lesser_role(gateway):
    owner = make_tenant(gateway, storage_quota="1MB")
    app = owner.client
    upload = app.upload(b"hello", "a.bin", uploaded_by="me")
    app.assert_stored(upload["id"], b"hello")
    stored = app.file(b"through", "b.bin")
    app.try_file(b"again", "b.bin", method="PUT", path=f"/v1/files/{stored['id']}")
    ticket = app.start(file_name="c.bin", file_size=3)
    app.renew(ticket["id"])
    for upload_id in (upload["id"], ticket["id"]):
        app.delete(upload_id)
    assert len(app.list()["data"]) == 3
    made = expect_json(app.call("POST", "/v1/keys", json={"name": "k", "scopes": ["uploads:read"]}), 201)
    BOOK.note("an API key", made["key"])
    successor = expect_json(app.call("POST", f"/v1/keys/{made['id']}/rotate"), 201)
    BOOK.note("an API key", successor["key"])
    expect(app.call("DELETE", f"/v1/keys/{successor['id']}"), 204)
    assert every_page(app, "/v1/audit")[0]["action"] == "key.revoke"
    gateway.console.suspend_tenant(owner.slug)
    gateway.console.resume_tenant(owner.slug)

    boss = Operator(gateway.url, keys.FORM.search(gateway.console.create_operator_key("boss")).group(0))
    tenant = boss.create()
    boss.change(tenant["id"], limits={"object_quota": 3}, suspended=True)
    expect(Client(gateway.url, None).call("GET", "/readyz"), 200)
    owner.counters


@pytest.mark.parametrize("table", ["usage_entries", "audit_entries"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}",
                  "ALTER TABLE {} ADD COLUMN more text", "CREATE TRIGGER t AFTER INSERT ON {} EXECUTE FUNCTION now()"],
)  # fmt: skip
def test_what_is_append_only_cannot_be_rewritten(gateway, database, table, statement):
    make_tenant(gateway).client.upload(b"a", "a.bin")
    count = f"SELECT count(*) FROM {table}"
    before = run(database, count).fetchone()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(as_role(database, ROLE), statement.format(table))
    assert run(database, count).fetchone() == before and before[0] > 0


@pytest.mark.parametrize("table", ["tenants", "tenant_usage", "api_keys", "uploads"])
def test_what_bills_rest_on_cannot_be_removed(gateway, database, table):
    make_tenant(gateway).client.upload(b"a", "a.bin")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(as_role(database, ROLE), f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (x integer)",
        "CREATE SCHEMA mine",
        "UPDATE schema_migrations SET version = 0",
        "DELETE FROM schema_migrations",
        "DROP TABLE uploads",
        "ALTER TABLE api_keys DROP CONSTRAINT api_keys_hash_form",
        "SET ROLE keeper",
        "CREATE ROLE mine",
    ],
)
def test_there_is_no_ddl(gateway, database, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(as_role(database, ROLE), statement)


def test_a_migration_can_be_repeated_and_grants_again(gateway, database):
    run(database, f"GRANT DELETE ON audit_entries TO {ROLE}")
    console.succeed("migrate", "--serving-role", ROLE, TOLLGATE_DATABASE_URL=as_role(database, "keeper"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(as_role(database, ROLE), "DELETE FROM audit_entries")
    make_tenant(gateway).client.upload(b"a", "a.bin")


def test_a_role_that_could_do_more_is_refused(database):
    owner = as_role(database, "keeper")
    missing = f"nobody_{secrets.token_hex(4)}"
    migrate = lambda role: console.refuse(  # noqa: E731
        "migrate", "--serving-role", role, mention=[role], TOLLGATE_DATABASE_URL=owner
    )
    assert "CREATE ROLE" in migrate(missing).stderr
    migrate("keeper")
    run(database, "CREATE ROLE heir LOGIN IN ROLE keeper")
    migrate("heir")
    run(database, "CREATE ROLE almighty SUPERUSER")
    migrate("almighty")
    run(database, "CREATE ROLE maker LOGIN")
    run(database, "GRANT CREATE ON SCHEMA public TO maker")
    assert "REVOKE CREATE" in migrate("maker").stderr
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(as_role(database, "maker"), "SELECT FROM tenants")


def test_a_role_that_is_missing_is_made_where_that_is_allowed(cluster):
    url = cluster.create_database("roles_made")
    console.succeed("migrate", "--serving-role", "made_by_migrate", TOLLGATE_DATABASE_URL=url)
    row = run(url, "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'made_by_migrate'").fetchone()
    assert row == (False, False)


def test_dev_serves_under_the_lesser_role_too(fresh_dev):
    gateway = fresh_dev()
    admin = gateway.client()
    expect(admin.call("GET", "/v1/audit"), 200)
    run(gateway.env["TOLLGATE_DATABASE_URL"], f"REVOKE SELECT ON audit_entries FROM {ROLE}")
    expect(admin.call("GET", "/v1/audit"), 500)
    expect(admin.call("GET", "/v1/uploads"), 200)
