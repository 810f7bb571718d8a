"""PostgreSQL out of reach under a running `tollgate serve`: a 503, nothing lost, and it recovers by itself."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import requests

from support import console
from support.cluster import free_port
from support.console import Console
from support.database import Database
from support.gateway import Serve
from support.http import call, eventually, expect, expect_problem
from support.tenants import make_tenant


@pytest.fixture(scope="module")
def gateway(cluster, directories, logs):
    url = cluster.create_database("outage")
    console.succeed("migrate", TOLLGATE_DATABASE_URL=url)
    served = Serve(url, directories() / "objects", free_port(), logs, "serve")
    served.console, served.database = Console(url), Database(url)
    try:
        served.start()
        yield served
        served.stop()
    finally:
        served.discard()


@pytest.fixture
def owner(gateway):
    return make_tenant(gateway)


@pytest.fixture
def back(cluster):
    """Whatever happens, the server runs again for the next test."""
    yield
    if not cluster.running():
        cluster.start()


def expect_unavailable(attempt):
    began = time.monotonic()
    answer = attempt()
    expect_problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1, answer.headers
    assert time.monotonic() - began < 10, "a 503 that takes longer than ten seconds helps nobody"


@pytest.mark.parametrize("end", ["stop", "immediate", "kill"])
def test_without_its_database_the_gateway_says_so_and_recovers(gateway, cluster, owner, back, end):
    upload = owner.client.upload(b"before", "a.bin")
    ticket = owner.client.start(file_name="b.bin", file_size=5)
    link = owner.client.url(upload["id"])["url"]
    {"stop": cluster.stop, "immediate": lambda: cluster.stop("immediate"), "kill": cluster.kill}[end]()

    for attempt in (
        lambda: owner.client.try_start(file_name="c.bin", file_size=5),
        lambda: owner.client.try_finish(ticket["id"]),
        lambda: owner.client.call("GET", f"/v1/uploads/{upload['id']}"),
        lambda: owner.client.call("GET", "/v1/uploads"),
        lambda: owner.client.call("DELETE", f"/v1/uploads/{upload['id']}"),
        lambda: owner.client.try_file(b"content", "d.bin"),
        lambda: owner.client.call("POST", "/api/upload/direct/start/", json={"file_name": "a", "file_type": "a/b"}),
    ):
        expect_unavailable(attempt)
    expect(call("GET", gateway.url + "/healthz"), 200)
    expect(call("GET", gateway.url + "/readyz"), 503)
    # The store needs no database: the signature is the permission.
    owner.client.store(ticket, b"12345")
    assert expect(call("GET", link), 200).content == b"before"

    cluster.start()
    finished = eventually(
        lambda: owner.client.try_finish(ticket["id"]), lambda answer: answer.status_code == 200, 20, "it had recovered"
    )
    assert finished.json()["size"] == 5
    eventually(
        lambda: call("GET", gateway.url + "/readyz"), lambda answer: answer.status_code == 200, 20, "it was ready"
    )
    assert owner.client.get(upload["id"])["status"] == "finished", (
        "a delete that was answered 503 must not happen later"
    )
    owner.client.assert_stored(upload["id"], b"before")
    owner.client.start(file_name="c.bin", file_size=5)
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects) == (11, 2), counters


def test_an_outage_in_the_middle_of_starts_forgets_none_and_invents_none(gateway, cluster, owner, back):
    owner.client.list()
    some, ended, tickets, strange = Event(), Event(), [], []

    def start(_):
        while not ended.is_set():
            try:
                answer = owner.client.try_start(file_name="a.bin", file_size=1000)
            except requests.RequestException as error:
                strange.append(repr(error))
                return
            if answer.status_code == 201:
                tickets.append(answer.json()["id"])
                if len(tickets) > 40:
                    some.set()
            elif answer.status_code != 503:
                strange.append(answer.text)
            else:
                return

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(start, number) for number in range(8)]
        some.wait(60)
        cluster.kill()
        for one in work:
            one.result(60)
        ended.set()
    assert not strange, strange[:3]
    cluster.start()
    eventually(
        lambda: owner.client.call("GET", "/v1/uploads"), lambda answer: answer.status_code == 200, 20, "it was back"
    )
    statuses = gateway.database.statuses(owner.slug)
    assert set(tickets) <= set(statuses), "a ticket was handed out and forgotten"
    # A commit whose answer was lost may have happened: it holds a reservation, and no more than that.
    assert len(statuses) - len(tickets) <= 8, (len(statuses), len(tickets))
    counters = owner.counters
    assert counters.reserved_bytes == 1000 * len(statuses), counters


@pytest.mark.parametrize("command", [["migrate"], ["tenant", "list"], ["key", "list", "demo"]], ids=" ".join)
def test_a_command_without_its_database_fails_and_says_why(cluster, back, command):
    if cluster.running():
        cluster.stop()
    console.refuse(*command, TOLLGATE_DATABASE_URL=cluster.url("outage"))
