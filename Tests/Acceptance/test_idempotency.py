"""Starts that are repeated with an Idempotency-Key: one upload, whatever happens on the way."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from support import console
from support.client import Client
from support.cluster import free_port
from support.console import Console
from support.database import Counters, Database
from support.gateway import Serve
from support.http import expect, expect_json, expect_problem
from support.tenants import make_tenant

PICTURE = {"file_name": "a.png", "file_type": "image/png", "file_size": 10}


def keyed(text=None):
    return {"Idempotency-Key": text or secrets.token_hex(8)}


def without_now(ticket):
    """What is the same in every answer: all but what is of the moment."""
    return {name: value for name, value in ticket.items() if name not in ("status", "quota")}


def test_the_order_and_the_spelling_of_the_members_play_no_part(tenant):
    owner = tenant()
    headers = keyed() | {"Content-Type": "application/json"}
    bodies = [
        '{"file_name": "a.png", "file_size": 10, "metadata": {"a": "1", "b": "2"}, "uploaded_by": null}',
        '{"metadata":{"b":"2","a":"\\u0031"},"file_size":10,"file_name":"\\u0061.png"}',
    ]
    tickets = [expect_json(owner.client.call("POST", "/v1/uploads", data=body, headers=headers), 201) for body in bodies]
    assert tickets[0] == tickets[1]
    assert owner.counters == Counters(0, 10, 0, 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"file_size": 11},
        {"file_size": None},
        {"file_name": "b.png"},
        {"file_type": "image/gif"},
        {"uploaded_by": "somebody"},
        {"metadata": {"a": "1"}},
        {"expires_in": 60},
        {"checksum_sha256": "A" * 43 + "="},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_same_key_with_another_request_is_refused(tenant, change):
    owner, headers = tenant(), keyed()
    expect(owner.client.try_start(headers, **PICTURE), 201)
    before = owner.counters
    expect_problem(owner.client.try_start(headers, **PICTURE | change), 422, "idempotency-key-reused")
    assert owner.counters == before


def test_a_repetition_after_the_end_has_the_same_form_and_says_that_it_is_finished(tenant):
    owner, headers = tenant(), keyed()
    ticket = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    owner.client.store(ticket, b"x" * 10)
    owner.client.finish(ticket["id"])
    again = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    assert again["status"] == "finished"
    assert without_now(again) == without_now(ticket)
    owner.client.delete(ticket["id"])
    gone = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    assert gone["status"] == "deleted" and without_now(gone) == without_now(ticket)
    assert owner.counters == Counters(0, owner.counters.reserved_bytes, 0, owner.counters.reserved_objects, 0)


def test_a_renewal_does_not_change_what_a_repetition_gets(tenant):
    owner, headers = tenant(), keyed()
    ticket = expect_json(owner.client.try_start(headers, **PICTURE | {"expires_in": 60}), 201)
    renewed = owner.client.renew(ticket["id"])
    assert renewed["expires_at"] > ticket["expires_at"]
    again = expect_json(owner.client.try_start(headers, **PICTURE | {"expires_in": 60}), 201)
    assert without_now(again) == without_now(ticket)


def test_new_content_is_no_business_of_an_old_form(tenant):
    """A repetition must not sign for the key that a replaced upload has now."""
    owner, headers = tenant(), keyed()
    ticket = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    owner.client.store(ticket, b"x" * 10)
    owner.client.finish(ticket["id"])
    replaced = expect_json(
        owner.client.try_file(b"new", "new.txt", method="PUT", path=f"/v1/files/{ticket['id']}"), 200
    )
    assert replaced["key"] != ticket["key"]
    again = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    assert again["key"] == again["fields"]["key"] == ticket["key"]
    assert without_now(again) == without_now(ticket)


def test_a_refused_start_is_not_remembered(tenant):
    owner, headers = tenant(storage_quota="15"), keyed()
    first = owner.client.start(**PICTURE)
    expect_problem(owner.client.try_start(headers, **PICTURE), 403, "quota-exceeded")
    owner.client.store(first, b"x" * 10)
    owner.client.finish(first["id"])
    owner.client.delete(first["id"])
    # The form of what was deleted still holds its room: with a smaller request the key is as good as new.
    expect(owner.client.try_start(headers, **PICTURE | {"file_size": 5}), 201)
    expect_problem(owner.client.try_start(headers, **PICTURE), 422, "idempotency-key-reused")


def test_a_repetition_needs_no_room(tenant):
    owner, headers = tenant(storage_quota="10"), keyed()
    ticket = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    assert expect_json(owner.client.try_start(headers, **PICTURE), 201) == ticket


def test_a_key_is_nobody_elses(tenant):
    owner, rival, headers = tenant(), tenant(), keyed("order-66")
    ids = {
        expect_json(client.try_start(headers, **PICTURE), 201)["id"]
        for client in (owner.client, rival.client, owner.client_with("uploads:write"))
    }
    assert len(ids) == 3


@pytest.mark.parametrize("text", ["", "x" * 256])
def test_a_key_of_another_length_is_refused(tenant, text):
    owner = tenant()
    expect_problem(owner.client.try_start({"Idempotency-Key": text}, **PICTURE), 400, "malformed-request")
    assert owner.counters == Counters(0, 0, 0, 0, 0)


@pytest.mark.parametrize("text", ["x", "y" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a b; c=d, e"])
def test_any_other_text_is_a_key(tenant, text):
    owner = tenant()
    tickets = [expect_json(owner.client.try_start({"Idempotency-Key": text}, **PICTURE), 201) for _ in range(2)]
    assert tickets[0] == tickets[1]


def test_neither_key_nor_signature_lies_in_the_database(dev, tenant):
    owner, headers = tenant(), keyed("a-key-that-nobody-should-find")
    ticket = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    (row,) = dev.database.remembered_starts(ticket["id"])
    for secret in (headers["Idempotency-Key"], ticket["fields"]["x-amz-signature"], ticket["fields"]["policy"]):
        assert secret not in row


def test_a_kill_between_answer_and_repetition_loses_nothing(fresh_dev):
    gateway = fresh_dev()
    owner, headers = make_tenant(gateway), keyed()
    ticket = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    gateway.kill()
    gateway.start()
    owner.client.base = gateway.url
    again = expect_json(owner.client.try_start(headers, **PICTURE), 201)
    assert again["id"] == ticket["id"] and again["fields"]["key"] == ticket["fields"]["key"]
    assert owner.counters == Counters(0, 10, 0, 1, 1)


@pytest.fixture(scope="module")
def two_gateways(cluster, directories, logs):
    url = cluster.create_database("idempotency")
    console.succeed("migrate", TOLLGATE_DATABASE_URL=url)
    objects, port = directories() / "objects", free_port()
    # One address for both, as behind a balancer: it is part of what is signed for.
    shared = {"TOLLGATE_SERVER_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    gateways = [
        Serve(url, objects, one, logs, f"idempotency-{number}", **shared)
        for number, one in enumerate([port, free_port()])
    ]
    gateways[0].console, gateways[0].database = Console(url), Database(url)
    try:
        for gateway in gateways:
            gateway.start()
        yield gateways
        for gateway in gateways:
            gateway.stop()
    finally:
        for gateway in gateways:
            gateway.discard()


def at_once(attempts):
    """Sends all of them at the same moment. -> the answers"""
    barrier = Barrier(len(attempts))

    def send(attempt):
        barrier.wait()
        return attempt()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(send, attempts))


@pytest.mark.parametrize("quota", [None, "10"], ids=["with room", "with room for one"])
def test_of_50_equal_starts_over_two_gateways_one_reserves(two_gateways, quota):
    owner = make_tenant(two_gateways[0], **({"storage_quota": quota} if quota else {}))
    clients = [Client(gateway.url, owner.key) for gateway in two_gateways]
    headers = keyed()
    answers = at_once([lambda n=n: clients[n % 2].try_start(headers, **PICTURE) for n in range(50)])
    tickets = [expect_json(answer, 201) for answer in answers]
    assert len({ticket["id"] for ticket in tickets}) == 1
    assert all(without_now(ticket) == without_now(tickets[0]) for ticket in tickets)
    assert owner.counters == Counters(0, 10, 0, 1, 1)


def test_repetitions_at_once_cost_their_neighbours_nothing(two_gateways):
    owners = [make_tenant(two_gateways[0]) for _ in range(2)]
    clients = [Client(gateway.url, owner.key) for owner in owners for gateway in two_gateways]
    for client in clients:
        expect(client.try_start({}, **PICTURE), 201)
    headers = keyed()
    answers = at_once(
        [lambda n=n: clients[n % 4].try_start(headers if n % 8 < 4 else {}, **PICTURE) for n in range(64)]
    )
    for answer in answers:
        expect(answer, 201)
    # Of each tenant: two to begin with, 16 of their own, and one for all that were the same.
    for owner in owners:
        assert owner.counters == Counters(0, 190, 0, 19, 19)


def test_of_different_requests_with_one_key_at_once_one_wins(two_gateways):
    owner = make_tenant(two_gateways[0])
    clients = [Client(gateway.url, owner.key) for gateway in two_gateways]
    headers = keyed()
    answers = at_once(
        [lambda n=n: clients[n % 2].try_start(headers, **PICTURE | {"file_size": 1 + n % 4}) for n in range(40)]
    )
    started = [answer.json() for answer in answers if answer.status_code == 201]
    assert len({ticket["id"] for ticket in started}) == 1
    assert len(started) == 10, [answer.status_code for answer in answers]
    for answer in answers:
        if answer.status_code != 201:
            expect_problem(answer, 422, "idempotency-key-reused")
    assert owner.counters == Counters(0, started[0]["max_bytes"], 0, 1, 1)
