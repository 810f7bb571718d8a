"""Three gateways on one database: what they remember of keys and tenants is never older than a moment."""

import contextlib
import time

import psycopg
import pytest

from support import console
from support.client import Client
from support.cluster import free_port
from support.console import Console
from support.database import Database
from support.gateway import Serve
from support.http import eventually, expect, expect_problem
from support.processes import wait_until

ROLE = "gateway"
# Nothing of its own accord that could want another session just when there are none to be had.
QUIET = {"TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS": 3600}


class Fleet:
    """Gateways that speak to the database as a role of their own, which can be refused new sessions."""

    def __init__(self, cluster, directory, logs):
        self.url = cluster.create_database("fleet")
        console.succeed("migrate", TOLLGATE_DATABASE_URL=self.url)
        self.admin = psycopg.connect(self.url, autocommit=True)
        self.admin.execute(f"CREATE ROLE {ROLE} LOGIN")
        self.admin.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
        self.console, self.database = Console(self.url), Database(self.url)
        own = self.url.replace("//tollgate@", f"//{ROLE}@")
        self.gateways = [Serve(own, directory, free_port(), logs, f"fleet{number}", **QUIET) for number in range(3)]

    def tenant(self, slug, **limits):
        """-> a client of each gateway with the tenant's first key"""
        made = self.console.create_tenant(slug, slug, **limits)
        return [gateway.client(made["key"]) for gateway in self.gateways]

    def clients(self, key):
        return [gateway.client(key) for gateway in self.gateways]

    def listeners(self):
        rows = self.admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = %s AND application_name LIKE '%%listener'", (ROLE,)
        ).fetchall()
        return {pid for (pid,) in rows}

    def end_sessions(self, pids):
        for pid in pids:
            self.admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)"
        wait_until(lambda: self.admin.execute(gone, (list(pids),)).fetchone() == (0,), 10, "the sessions had ended")

    @contextlib.contextmanager
    def deaf(self):
        """No gateway has a session that listens, or gets a new one; what is open otherwise stays."""
        try:
            self.admin.execute(f"ALTER ROLE {ROLE} NOLOGIN")
            self.end_sessions(self.listeners())
            yield
        finally:
            self.admin.execute(f"ALTER ROLE {ROLE} LOGIN")
            wait_until(lambda: len(self.listeners()) == 3, 20, "all gateways listened again")

    def scans_of_keys(self):
        """How often api_keys was read, by any session that has ended: a session that lives counts with a delay."""
        pids = self.admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        self.end_sessions({pid for (pid,) in pids} - self.listeners())
        return self.admin.execute(
            "SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'api_keys'"
        ).fetchone()[0]

    def all_used(self, prefix):
        sql = "SELECT bool_and(last_used_at IS NOT NULL) FROM api_keys JOIN tenants ON tenants.id = tenant_id"
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql + " WHERE starts_with(slug, %s)", (prefix,)).fetchone()[0]


@pytest.fixture(scope="module")
def fleet(cluster, directories, logs):
    made = Fleet(cluster, directories() / "objects", logs)
    try:
        for gateway in made.gateways:
            gateway.start()
        wait_until(lambda: len(made.listeners()) == 3, 20, "all gateways listened")
        yield made
        for gateway in made.gateways:
            gateway.stop()
    finally:
        for gateway in made.gateways:
            gateway.discard()
        made.admin.close()


def warm(clients):
    for client in clients * 2:
        client.list()


def test_a_revoked_key_is_refused_by_every_gateway(fleet):
    owners = fleet.tenant("revoked")
    made = fleet.console.create_key("revoked", "shop", ["uploads:read"])
    shops = fleet.clients(made["key"])
    warm(owners + shops)
    fleet.console.revoke_key("revoked", made["id"])
    deadline = time.monotonic() + 2
    for shop in shops:
        refused = eventually(
            lambda shop=shop: shop.call("GET", "/v1/uploads"),
            lambda answer: answer.status_code != 200,
            max(0.1, deadline - time.monotonic()),
            "the revoked key was refused",
        )
        expect_problem(refused, 401, "unauthenticated")
    warm(owners)


def test_a_suspended_tenant_is_refused_by_every_gateway_and_may_return(fleet):
    owners = fleet.tenant("suspended")
    warm(owners)
    for change, status in ((fleet.console.suspend_tenant, 403), (fleet.console.resume_tenant, 200)):
        change("suspended")
        for owner in owners:
            eventually(
                lambda owner=owner: owner.call("GET", "/v1/uploads"),
                lambda answer, status=status: answer.status_code == status,
                2,
                f"{change.__name__} held",
            )


def test_lowered_limits_hold_within_a_second(fleet):
    owners = fleet.tenant("lowered", max_file_bytes="1000")
    warm(owners)
    for owner in owners:
        owner.start(file_name="a.bin", file_size=1000)
    fleet.console.succeed("tenant", "set-limits", "lowered", "--max-file-bytes", "999")
    for owner in owners:
        refused = eventually(
            lambda owner=owner: owner.try_start(file_name="a.bin", file_size=1000),
            lambda answer: answer.status_code != 201,
            1,
            "the lower limit held",
        )
        expect_problem(refused, 413, "file-too-large")


def test_gateways_that_hear_nothing_read_the_keys_of_each_request(fleet):
    owners = fleet.tenant("unheard")
    made = fleet.console.create_key("unheard", "shop", ["uploads:read"])
    shops = fleet.clients(made["key"])
    warm(owners + shops)
    with fleet.deaf():
        for shop in shops:
            expect(shop.call("GET", "/v1/uploads"), 200)
        fleet.console.revoke_key("unheard", made["id"])
        for shop in shops:
            expect_problem(shop.call("GET", "/v1/uploads"), 401, "unauthenticated")
        warm(owners)
    for shop in shops:
        expect_problem(shop.call("GET", "/v1/uploads"), 401, "unauthenticated")
    warm(owners)


def test_what_was_missed_is_not_remembered(fleet):
    """A key of which the gateway knew the rows before its session was cut, and which is not used until it is back."""
    owners = fleet.tenant("missed")
    made = fleet.console.create_key("missed", "shop", ["uploads:read"])
    shops = fleet.clients(made["key"])
    warm(owners + shops)
    with fleet.deaf():
        fleet.console.revoke_key("missed", made["id"])
    for shop in shops:
        expect_problem(shop.call("GET", "/v1/uploads"), 401, "unauthenticated")


def test_a_warm_key_costs_no_statement_on_the_keys(fleet):
    # A key's use is written down a while later, and until then a statement is still to come, from each gateway.
    owners = [fleet.tenant(f"warm-{number}")[number] for number in range(3)]
    for owner in owners:
        owner.list()
    wait_until(lambda: fleet.all_used("warm-"), 30, "each gateway had written down which keys were used")
    owner = owners[0]
    before = fleet.scans_of_keys()
    owner.list()
    began = time.monotonic()
    for _ in range(200):
        owner.list()
    assert time.monotonic() - began < 40, "too slow to say anything: a proof stands for a minute"
    after = fleet.scans_of_keys()
    assert after == before, f"200 requests of a warm key read api_keys {after - before} times"


def test_a_cold_key_does_cost_one(fleet):
    """The counter that the test above stands on does count."""
    key = fleet.console.create_tenant("cold", "cold")["key"]
    before = fleet.scans_of_keys()
    Client(fleet.gateways[0].url, key).list()
    assert fleet.scans_of_keys() > before
