"""Several gateways on one database and one store, behind nginx as in config/nginx.conf."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import console
from support.balancer import Balancer
from support.client import Client, post_form
from support.cluster import free_port
from support.console import Console
from support.database import Counters, Database
from support.gateway import Serve
from support.http import call, eventually, expect, expect_json, explain
from support.load import Load
from support.processes import wait_until
from support.tenants import make_tenant
from test_quota import at_once

MB = 1_000_000


@pytest.fixture(scope="module")
def fleet(cluster, directories, logs):
    """Three gateways behind a balancer; `fleet.url` is the balancer's."""
    made = Fleet(cluster, directories, logs)
    try:
        made.start()
        yield made
        made.stop()
    finally:
        made.discard()


class Fleet:
    def __init__(self, cluster, directories, logs):
        url = cluster.create_database("gateways")
        console.succeed("migrate", TOLLGATE_DATABASE_URL=url)
        self.console, self.database = Console(url), Database(url)
        self.balancer = Balancer(directories())
        self.url = self.balancer.url
        objects = directories() / "objects"
        self.gateways = [
            Serve(
                url, objects, free_port(), logs, f"fleet-{number}", TOLLGATE_SERVER_PUBLIC_URL=self.url,
                TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS=1, TOLLGATE_UPLOADS_GRACE_SECONDS=1,
                TOLLGATE_UPLOADS_WINDOW_SECONDS=2,
            )
            for number in range(3)
        ]  # fmt: skip

    def start(self):
        for gateway in self.gateways:
            gateway.start()
        self.balancer.start([gateway.url.rpartition(":")[2] for gateway in self.gateways])

    def stop(self):
        self.balancer.stop()
        for gateway in self.gateways:
            gateway.stop()

    def discard(self):
        self.balancer.stop()
        for gateway in self.gateways:
            gateway.discard()

    def audit(self):
        console.succeed("audit", "--store", **self.gateways[0].settings)


@pytest.fixture
def owner(fleet):
    return make_tenant(fleet)


def test_each_step_of_a_journey_may_meet_another_gateway(fleet, owner):
    content = os.urandom(300_000)
    first, second, third = (Client(gateway.url, owner.key) for gateway in fleet.gateways)
    ticket = first.start(file_name="a.bin", file_size=len(content))
    assert ticket["url"].startswith(fleet.url + "/"), ticket["url"]
    expect(post_form(ticket, content), 204)
    assert second.finish(ticket["id"])["status"] == "finished"
    assert third.get(ticket["id"])["size"] == len(content)
    owner.client.assert_stored(ticket["id"], content)
    third.delete(ticket["id"])
    assert first.get(ticket["id"])["status"] == "deleted"


def test_the_journey_through_the_balancer(fleet, owner):
    for number in range(9):
        content = os.urandom(1000 + number)
        upload = owner.client.upload(content, f"{number}.bin")
        owner.client.assert_stored(upload["id"], content)
    file = owner.client.file(b"through the gateway", "b.bin")
    owner.client.assert_stored(file["id"], b"through the gateway")
    assert owner.counters.used_objects == 10
    fleet.audit()


def test_a_quota_is_exact_over_all_gateways(fleet):
    owner = make_tenant(fleet, storage_quota="50MB")
    for gateway in fleet.gateways:
        Client(gateway.url, owner.key).list()  # each verifies the key once before the rush
    answers = at_once(200, lambda number: owner.client.try_start(file_name=f"{number}.png", file_size=MB))
    others = [explain(answer) for answer in answers if answer.status_code not in (201, 403)]
    assert Counter(answer.status_code for answer in answers) == {201: 50, 403: 150}, others[:1]
    assert owner.counters == Counters(0, 50 * MB, 0, 50, 50)


@pytest.mark.slow
def test_sweepers_share_the_work_and_do_nothing_twice(fleet):
    owner = make_tenant(fleet, unfinished="finish")

    def leave(number):
        ticket = owner.client.start(file_name=f"{number}.bin", file_size=10, expires_in=10)
        if number % 2:
            owner.client.store(ticket, b"0123456789")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(leave, range(200)))
    expected = {"finished": 100, "expired": 100}
    wait_until(
        lambda: Counter(fleet.database.statuses(owner.slug).values()) == expected, 60, "all were dealt with",
        lambda: str(Counter(fleet.database.statuses(owner.slug).values())),
    )  # fmt: skip
    assert owner.counters == Counters(1000, 0, 100, 0, 0)
    assert Counter(fleet.database.entries(owner.slug)) == {("finish", 10): 100}
    fleet.audit()


def test_a_killed_gateway_is_hidden_by_the_balancer(fleet, owner):
    victim = fleet.gateways[1]
    with Load([fleet.url], owner.key, "hidden") as load:
        wait_until(lambda: load.told.successes > 50, 60, "the load ran")
        victim.kill()
        before = load.told.successes
        wait_until(lambda: load.told.successes > before + 100, 60, "the others went on", lambda: str(load.told.strange))
        # Only a POST that the dead one had in hand can fail: each client has one request at a time.
        unanswered = list(load.told.unanswered)
        assert len(unanswered) <= 8, unanswered
        victim.start()
        before = load.told.successes
        wait_until(lambda: load.told.successes > before + 50, 60, "all went on")
    assert load.told.unanswered == unanswered, load.told.unanswered
    load.told.assert_kept(fleet.database.statuses(owner.slug))
    assert owner.counters.used_objects >= 1
    fleet.audit()


def test_a_gateway_that_is_stopped_loses_no_request(fleet, owner):
    with Load([fleet.url], owner.key, "drained") as load:
        wait_until(lambda: load.told.successes > 50, 60, "the load ran")
        for stopped in fleet.gateways:
            stopped.stop()
            before = load.told.successes
            wait_until(lambda before=before: load.told.successes > before + 50, 60, "the others went on")
            stopped.start()
            before = load.told.successes
            wait_until(lambda before=before: load.told.successes > before + 50, 60, "all went on")
    assert load.told.unanswered == [], load.told.unanswered
    load.told.assert_kept(fleet.database.statuses(owner.slug))
    fleet.audit()


def test_a_key_that_is_revoked_is_refused_by_every_gateway(fleet, owner):
    key = fleet.console.create_key(owner.slug, "gone soon", ["uploads:read"])
    clients = [Client(gateway.url, key["key"]) for gateway in fleet.gateways]
    for client in clients:
        expect_json(client.call("GET", "/v1/uploads"), 200)
    fleet.console.revoke_key(owner.slug, key["id"])
    for client in clients:
        # Remembered for a minute at the most.
        eventually(
            lambda client=client: client.call("GET", "/v1/uploads"), lambda answer: answer.status_code == 401, 70,
            "the key was refused",
        )  # fmt: skip
    assert call("GET", fleet.url + "/healthz").status_code == 200
