"""The command `tollgate`: help, exit statuses, migrations, keys, settings."""

import subprocess

import pytest

from support import console, keys
from support.client import Client
from support.console import Console
from support.database import Database
from support.http import call, eventually, expect, expect_problem
from support.secrets import BOOK

COMMANDS = [
    [],
    ["dev"],
    ["serve"],
    ["migrate"],
    ["check-config"],
    ["doctor"],
    ["operator-key"],
    ["operator-key", "create"],
    ["operator-key", "list"],
    ["operator-key", "revoke"],
    ["tenant"],
    ["tenant", "create"],
    ["tenant", "list"],
    ["tenant", "show"],
    ["tenant", "set-limits"],
    ["tenant", "suspend"],
    ["tenant", "resume"],
    ["key"],
    ["key", "create"],
    ["key", "list"],
    ["key", "revoke"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "tollgate")
def test_every_command_explains_itself(command):
    result = console.succeed(*command, "--help")
    assert "USAGE: tollgate" in result.stdout and "OVERVIEW" in result.stdout, console.explain(result)
    assert result.stderr == "", console.explain(result)


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["serve", "--no-such-option"],
        ["dev", "--port", "eighty"],
        ["dev", "--port", "70000"],
        ["tenant", "create"],
        ["tenant", "create", "acme"],
        ["tenant", "create", "acme", "--name", "A", "--storage-quota", "many"],
        ["key", "create", "acme", "--name", "A"],
    ],
    ids=" ".join,
)
def test_a_mistyped_command_is_refused(arguments):
    console.refuse(*arguments, TOLLGATE_DATABASE_URL="postgresql://127.0.0.1:1/nothing")


# Tenants and keys


def test_a_tenants_key_has_the_form_that_scanners_know(tenant):
    keys.digit_order(tenant().key)


def test_an_operator_key_is_printed_once_with_the_form_of_a_key(dev):
    printed = dev.console.create_operator_key("acceptance")
    found = keys.FORM.findall(printed)
    assert len(found) == 1, "exactly one key is printed"
    key = keys.FORM.search(printed).group(0)
    BOOK.note("an operator key", key)
    keys.digit_order(key)
    # An operator is no tenant: there are no uploads of its own to list.
    response = call("GET", dev.url + "/v1/uploads", headers={"Authorization": f"Bearer {key}"})
    expect_problem(response, 403, "forbidden")


@pytest.mark.parametrize(
    "slug", ["Acme", "a", "ab", "-acme", "acme-", "ac me", "a/b", "../x", "ä" * 5, "x" * 41, "acme\n"]
)
def test_a_bad_slug_is_refused(dev, slug):
    dev.console.refuse("tenant", "create", "--name", "Bad", "--", slug)


def test_a_taken_slug_is_refused(dev, tenant):
    slug = tenant().slug
    dev.console.refuse("tenant", "create", slug, "--name", "Again", mention=[slug])


def test_commands_about_an_unknown_tenant_are_refused(dev):
    for arguments in (["show", "nobody-here"], ["suspend", "nobody-here"], ["resume", "nobody-here"]):
        dev.console.refuse("tenant", *arguments, mention=["nobody-here"])
    dev.console.refuse(
        "key", "create", "nobody-here", "--name", "x", "--scope", "uploads:read", mention=["nobody-here"]
    )
    dev.console.refuse("key", "list", "nobody-here", mention=["nobody-here"])


def test_an_unknown_scope_is_refused(dev, tenant):
    dev.console.refuse(
        "key", "create", tenant().slug, "--name", "x", "--scope", "uploads:everything", mention=["scope"]
    )


def test_tenants_are_listed_and_shown_without_secrets(dev, tenant):
    owner = tenant(storage_quota="50MB")
    assert owner.slug in dev.console.succeed("tenant", "list").stdout
    shown = dev.console.succeed("tenant", "show", owner.slug).stdout
    assert owner.slug in shown and owner.key not in shown and "argon2" not in shown, shown


def test_limits_can_be_changed(dev, tenant):
    owner = tenant(storage_quota="1000")
    attempt = lambda: owner.client.try_start(file_name="a.png", file_size=2000)  # noqa: E731
    expect_problem(attempt(), 403, "quota-exceeded")
    dev.console.succeed("tenant", "set-limits", owner.slug, "--storage-quota", "5KB")
    ticket = eventually(attempt, lambda answer: answer.status_code == 201, 5, "the new limit held").json()
    assert ticket["quota"]["storage_bytes"]["limit"] == 5000, ticket


@pytest.mark.parametrize(
    "text, size",
    [("1000", 1000), ("50MB", 50_000_000), ("10GB", 10**10), ("1KiB", 1024), ("2GiB", 2 * 2**30), ("0", 0)],
)
def test_sizes_have_units(tenant, text, size):
    quota = tenant(storage_quota=text, max_file_bytes="1").client
    if size == 0:
        expect_problem(quota.try_start(file_name="a", file_size=1), 403, "quota-exceeded")
    else:
        assert quota.start(file_name="a", file_size=1)["quota"]["storage_bytes"]["limit"] == size


def test_a_key_is_made_listed_and_revoked(dev, tenant):
    owner = tenant()
    made = dev.console.create_key(owner.slug, "for the shop", ["uploads:write", "uploads:read"])
    shop = Client(dev.url, made["key"])
    expect(shop.call("GET", "/v1/uploads"), 200)
    listed = dev.console.list_keys(owner.slug)
    assert "for the shop" in listed and keys.public_id(made["key"]) in listed, listed
    assert made["key"] not in listed and made["key"][16:] not in listed and "argon2" not in listed

    dev.console.revoke_key(owner.slug, made["id"])
    refused = eventually(
        lambda: shop.call("GET", "/v1/uploads"),
        lambda answer: answer.status_code != 200,
        2,
        "the revoked key was refused",
    )
    expect_problem(refused, 401, "unauthenticated")
    assert "revoked" in dev.console.list_keys(owner.slug).lower()
    expect(owner.client.call("GET", "/v1/uploads"), 200)


def test_a_revoked_key_is_refused_in_the_middle_of_work(dev, tenant):
    owner = tenant()
    made = dev.console.create_key(owner.slug, "narrow", ["uploads:write"])
    shop = Client(dev.url, made["key"])
    ticket = shop.start(file_name="a.png", file_size=3)
    dev.console.revoke_key(owner.slug, made["id"])
    attempt = lambda: shop.try_start(file_name="a.png", file_size=3)  # noqa: E731
    eventually(attempt, lambda answer: answer.status_code == 401, 2, "the revoked key was refused")
    # What it had started is not lost: the form is a permission of its own, and another key may finish.
    shop.store(ticket, b"abc")
    expect_problem(shop.try_finish(ticket["id"]), 401, "unauthenticated")
    owner.client.finish(ticket["id"])


# Settings

SECRETS = {
    "TOLLGATE_SECRET": "check-config-signing-secret-0123456789",
    "TOLLGATE_DATABASE_URL": "postgresql://tollgate:check-config-password@127.0.0.1:1/tollgate",
    "TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY": "check-config-local-store-secret-012345",
    "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY": "check-config-s3-store-secret-0123456789",
    "TOLLGATE_STORAGE_S3_SESSION_TOKEN": "check-config-session-token-012345678901",
}


def test_check_config_shows_what_holds_and_hides_secrets(tmp_path):
    result = console.run(
        "check-config",
        cwd=tmp_path,
        TOLLGATE_SERVER_PORT="8123",
        TOLLGATE_STORAGE_BACKEND="local",
        TOLLGATE_STORAGE_LOCAL_DIRECTORY="/srv/objects",
        TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID="TOLLGATEACCEPTANCE01",
        **SECRETS,
    )
    assert result.returncode == 0, console.explain(result)
    for name, value in SECRETS.items():
        secret = value.split(":")[2].split("@")[0] if "://" in value else value
        assert secret not in result.stdout + result.stderr, f"check-config shows {name}"
    lines = result.stdout.splitlines()
    port = [line for line in lines if "8123" in line]
    assert port and "environment" in port[0].lower(), f"where the port comes from\n{result.stdout}"
    assert any("/srv/objects" in line for line in lines), result.stdout
    assert any("default" in line.lower() for line in lines), f"defaults are marked as such\n{result.stdout}"


@pytest.mark.parametrize(
    "name, value",
    [
        ("TOLLGATE_SERVER_PORT", "eighty"),
        ("TOLLGATE_SERVER_PORT", "70000"),
        ("TOLLGATE_DATABASE_POOL_SIZE", "-1"),
        ("TOLLGATE_STORAGE_BACKEND", "floppy"),
        ("TOLLGATE_LOG_LEVEL", "loud"),
        ("TOLLGATE_SECRET", "too-short"),
    ],
)
def test_a_malformed_setting_is_named(tmp_path, name, value):
    settings = {
        "TOLLGATE_STORAGE_BACKEND": "local",
        "TOLLGATE_STORAGE_LOCAL_DIRECTORY": str(tmp_path),
        "TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID": "TOLLGATEACCEPTANCE01",
    }
    result = console.run("serve", cwd=tmp_path, **settings | SECRETS | {name: value})
    assert result.returncode > 0, console.explain(result)
    words = result.stderr.lower().replace("_", ".")
    short = name.removeprefix("TOLLGATE_").lower().replace("_", ".")
    assert short in words or short.replace(".", "", 1) in words, f"{name} is not named\n{console.explain(result)}"
    if name == "TOLLGATE_SECRET":
        assert value not in result.stdout + result.stderr, "a secret is not shown, even a bad one"


# Migrations


@pytest.fixture
def empty(cluster, request):
    return cluster.create_database(f"commands_{abs(hash(request.node.name)):x}")


def test_serve_refuses_a_database_without_a_schema(empty, tmp_path):
    result = console.run(
        "serve",
        cwd=tmp_path,
        **SECRETS
        | {
            "TOLLGATE_DATABASE_URL": empty,
            "TOLLGATE_SERVER_PORT": "0",
            "TOLLGATE_STORAGE_BACKEND": "local",
            "TOLLGATE_STORAGE_LOCAL_DIRECTORY": str(tmp_path),
            "TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID": "TOLLGATEACCEPTANCE01",
        },
    )
    assert result.returncode > 0, console.explain(result)
    assert "migrate" in (result.stdout + result.stderr).lower(), f"it should say what to do\n{console.explain(result)}"
    assert Database(empty).tables() == [], "a refused serve changes nothing"


def test_migrate_dry_run_changes_nothing_and_migrate_is_repeatable(empty):
    planned = console.succeed("migrate", "--dry-run", TOLLGATE_DATABASE_URL=empty)
    assert "0001" in planned.stdout, console.explain(planned)
    assert Database(empty).tables() == [], "a dry run changes nothing"
    console.succeed("migrate", TOLLGATE_DATABASE_URL=empty)
    tables = Database(empty).tables()
    assert {"tenants", "uploads", "tenant_usage"} <= {name.rpartition(".")[2] for name in tables}, tables
    console.succeed("migrate", TOLLGATE_DATABASE_URL=empty)
    console.succeed("migrate", "--dry-run", TOLLGATE_DATABASE_URL=empty)
    assert Database(empty).tables() == tables
    made = Console(empty).create_tenant("acme", "Acme")
    assert made["slug"] == "acme", made


def test_two_migrations_at_once_wait_for_each_other(empty):
    command = [console.binary(), "migrate"]
    environment = console.environment(TOLLGATE_DATABASE_URL=empty)
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]
    outputs = [one.communicate(timeout=60)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0, 0], outputs


@pytest.mark.parametrize(
    "edit",
    ["edit_migrations", "add_unknown_migration"],
)
def test_migrate_refuses_a_history_that_is_not_its_own(empty, edit):
    console.succeed("migrate", TOLLGATE_DATABASE_URL=empty)
    getattr(Database(empty), edit)()
    console.refuse("migrate", TOLLGATE_DATABASE_URL=empty)
