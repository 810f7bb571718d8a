"""The short way of a start: it answers as the ordinary way does, and keeps a connection's requests in their order."""

import json
import signal
import socket
import threading

import pytest

from support.client import Client
from support.database import Counters
from support.metrics import metrics
from support.processes import wait_until
from support.raw import RawConnection
from support.tenants import make_tenant
from test_dev import refuses_connections
from test_tokens import browser

START = {"file_name": "a.bin", "file_size": 7}


@pytest.fixture
def known(tenant):
    """A tenant whose key the gateway has just proven."""
    owner = tenant(object_quota=100_000)
    owner.client.start(**START)
    return owner


def request(client, members=START, method="POST", path="/v1/uploads", **headers):
    body = json.dumps(members).encode() if members is not None else b""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {client.key}"]
    if members is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def short_starts(dev):
    return metrics(dev.url).value("tollgate_short_starts_total")


def ask(dev, data):
    """-> the answer to what is sent as it is"""
    with RawConnection(dev.url + "/v1/uploads") as connection:
        connection.send(data)
        return connection.answer()


ORDINARY = {"Connection": "close"}


def shape(value):
    """What kind of value stands where, for answers whose values differ by nature."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return type(value).__name__


def lines_of(dev, answer):
    """What the log has of a request."""
    lines = [json.loads(line) for line in dev.log.read_text().splitlines() if answer.headers["X-Request-Id"] in line]
    assert lines, "the request has no line in the log"
    return lines


def logged(dev, answer):
    return [(line["message"], sorted(line)) for line in lines_of(dev, answer)]


@pytest.mark.parametrize("outcome", [201, 413, 422])
def test_both_ways_answer_alike(fresh_dev, outcome):
    gateway = fresh_dev(TOLLGATE_LOG_FORMAT="json")
    client = gateway.client()
    client.start(**START)
    members = {201: START, 413: {**START, "file_size": 50_000_000_000}, 422: {"file_name": ""}}[outcome]
    before = short_starts(gateway)
    short = ask(gateway, request(client, members))
    taken = short_starts(gateway) - before
    ordinary = ask(gateway, request(client, members, **ORDINARY))
    assert short_starts(gateway) - before == taken, "a start that closes its connection took the short way"
    assert taken == (1 if outcome == 201 else 0)
    assert short.status == ordinary.status == outcome, f"{short}\n{ordinary}"
    assert sorted(short.headers) == sorted(ordinary.headers)
    for name in ("Content-Type", "Cache-Control", "Server"):
        assert short.headers[name] == ordinary.headers[name], name
    assert shape(json.loads(short.body)) == shape(json.loads(ordinary.body))
    assert logged(gateway, short) == logged(gateway, ordinary)


def test_a_full_quota_is_told_alike(fresh_dev):
    gateway = fresh_dev(TOLLGATE_LOG_FORMAT="json")
    owner = make_tenant(gateway, object_quota=1)
    owner.client.start(**START)
    before = short_starts(gateway)
    short = ask(gateway, request(owner.client))
    assert short_starts(gateway) == before + 1
    ordinary = ask(gateway, request(owner.client, **ORDINARY))
    told = [json.loads(answer.body) for answer in (short, ordinary)]
    for problem, answer in zip(told, (short, ordinary), strict=True):
        assert problem.pop("request_id") == answer.headers["X-Request-Id"]
    assert told[0] == told[1] and told[0]["code"] == "quota-exceeded", told
    assert short.status == ordinary.status and sorted(short.headers) == sorted(ordinary.headers)
    assert logged(gateway, short) == logged(gateway, ordinary)
    assert owner.counters == Counters(0, 7, 0, 1, 1)


def test_requests_that_come_at_once_are_answered_in_their_order(dev, known):
    client = known.client
    first = client.start(**START)["id"]
    finish = request(client, None, "POST", f"/v1/uploads/{first}/finish")
    look = request(client, None, "GET", f"/v1/uploads/{first}")
    with RawConnection(dev.url) as connection:
        connection.send(request(client) + look + request(client) + request(client) + finish + request(client))
        answers = connection.answers(6)
    assert [answer.status for answer in answers] == [201, 200, 201, 201, 409, 201], answers
    assert json.loads(answers[1].body)["id"] == first
    ids = [json.loads(answers[index].body)["id"] for index in (0, 2, 3, 5)]
    assert ids == sorted(ids) and len(set(ids)) == 4, "the starts were answered out of their order"


def test_a_start_in_pieces_is_one(dev, known):
    whole = request(known.client)
    before = short_starts(dev)
    with RawConnection(dev.url) as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for cut in (10, len(whole) - 20, len(whole) - 5):
            connection.send(whole[connection.sent : cut])
            assert not connection.has_answer(0.05)
        connection.send(whole[connection.sent :])
        assert connection.answer().status == 201
    assert short_starts(dev) == before + 1


def test_a_client_that_will_send_no_more_gets_its_answer(dev, known):
    with RawConnection(dev.url) as connection:
        connection.send(request(known.client))
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.answer().status == 201
        assert connection.socket.recv(1) == b"", "the connection was left open"


@pytest.mark.parametrize("kept", [1, 20], ids=["in its last byte", "in its body"])
def test_a_start_that_breaks_off_starts_nothing(dev, known, kept):
    before = known.counters
    with RawConnection(dev.url) as connection:
        connection.send(request(known.client)[:-kept])
        connection.socket.shutdown(socket.SHUT_WR)
        connection.socket.settimeout(10)
        answer = connection.answer()
        assert answer is None or answer.status == 400, answer
    assert known.counters == before


def test_what_is_no_http_behind_a_start_ends_the_connection_after_its_answer(dev, known):
    with RawConnection(dev.url) as connection:
        connection.send(request(known.client) + b"\0\0\0 no request\r\n\r\n")
        assert [answer.status for answer in connection.answers(2)] == [201, 400]
        assert connection.socket.recv(1) == b""


def test_an_upload_token_takes_the_short_way_for_its_end_user_alone(dev, known):
    bearer = browser(known, "ann")
    bearer.start(**START)
    before = short_starts(dev)
    answer = ask(dev, request(bearer))
    assert answer.status == 201 and short_starts(dev) == before + 1
    started = known.client.get(json.loads(answer.body)["id"])
    assert started["uploaded_by"] == "ann"
    assert ask(dev, request(bearer, {**START, "uploaded_by": "bob"})).status == 403
    assert short_starts(dev) == before + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Connection": "close"},
        {"Origin": "https://app.example"},
        {"Idempotency_Key": "once"},
        {"Expect": "100-continue"},
        {"X_Padding": "x" * 100, "Connection": "upgrade", "Upgrade": "h2c"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_start_that_wants_more_goes_the_ordinary_way(dev, known, headers):
    before = short_starts(dev)
    with RawConnection(dev.url) as connection:
        connection.send(request(known.client, **headers))
        answer = connection.answer()
        if answer.status == 100:
            answer = connection.answer()
    assert answer.status == 201, answer
    assert short_starts(dev) == before


def test_nothing_is_started_behind_a_request_that_ends_its_connection(dev, known):
    before = known.counters
    with RawConnection(dev.url) as connection:
        connection.send(request(known.client, None, "GET", "/v1/uploads?limit=1", Connection="close"))
        assert connection.answer().status == 200
        connection.send(request(known.client))
        connection.socket.settimeout(10)
        assert connection.answer() is None
    assert known.counters == before


def test_nothing_is_started_behind_an_answer_that_ends_its_connection(dev, known):
    before = known.counters
    wrong = Client(dev.url, known.key[:-8] + "AAAAAAAA")
    unread = request(wrong, None, Content_Type="application/json", Transfer_Encoding="chunked")
    with RawConnection(dev.url) as connection:
        connection.send(unread + b"10000\r\n" + b"x" * 65536 + b"\r\n")
        answer = connection.answer()
        assert answer.status == 401 and answer.headers["Connection"] == "close", answer
        connection.send(b"0\r\n\r\n" + request(known.client))
        connection.socket.settimeout(10)
        assert connection.answer() is None
    assert known.counters == before


def test_who_may_not_start_is_told_before_the_body_is_there(dev, known):
    wrong = Client(dev.url, known.key[:-8] + "AAAAAAAA")
    with RawConnection(dev.url) as connection:
        connection.send(request(wrong)[:-5])
        assert connection.answer().status == 401


def test_a_suspended_tenant_starts_nothing(dev, known):
    assert ask(dev, request(known.client)).status == 201
    dev.console.suspend_tenant(known.slug)
    wait_until(lambda: ask(dev, request(known.client)).status == 403, 5, "the change has arrived")
    before = short_starts(dev)
    assert json.loads(ask(dev, request(known.client)).body)["code"] == "tenant-suspended"
    assert short_starts(dev) == before


def test_the_client_behind_a_proxy_is_logged_alike(fresh_dev):
    gateway = fresh_dev(TOLLGATE_LOG_FORMAT="json", TOLLGATE_SERVER_TRUSTED_PROXIES="127.0.0.0/8")
    client = gateway.client()
    client.start(**START)
    before = short_starts(gateway)
    clients = []
    for headers in ({}, ORDINARY):
        passed_on = request(client, X_Forwarded_For="203.0.113.9, 198.51.100.7", **headers)
        twice = passed_on.replace(b"Host: x", b"Host: x\r\nX-Forwarded-For: 192.0.2.1")
        (line,) = lines_of(gateway, ask(gateway, twice))
        clients.append(line["client.address"])
    assert clients == ["198.51.100.7"] * 2
    assert short_starts(gateway) == before + 1


def test_a_tenant_with_a_rate_limit_is_held_to_it(dev, tenant):
    owner = tenant(requests_per_second=1)
    owner.client.start(**START)
    before = short_starts(dev)
    statuses = [ask(dev, request(owner.client)).status for _ in range(3)]
    assert 429 in statuses and short_starts(dev) == before, statuses


def test_a_client_that_reads_no_answers_gets_no_further(fresh_dev):
    gateway = fresh_dev(TOLLGATE_SERVER_WRITE_TIMEOUT_SECONDS=1)
    client = gateway.client()
    client.start(**START)
    asked = 20_000
    with RawConnection(gateway.url) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.socket.settimeout(30)
        ended = threading.Event()

        def send():
            connection.send(request(client) * asked)
            ended.set()

        threading.Thread(target=send, daemon=True).start()
        assert ended.wait(30), "the gateway neither took everything nor closed the connection"
    assert gateway.answers()
    assert short_starts(gateway) < asked / 2


def test_a_connection_of_starts_is_idle_between_them_alone(fresh_dev):
    gateway = fresh_dev(TOLLGATE_SERVER_READ_TIMEOUT_SECONDS=2)
    client = gateway.client()
    client.start(**START)
    before = short_starts(gateway)
    with RawConnection(gateway.url) as connection:
        for _ in range(4):
            connection.send(request(client))
            answer = connection.answer()
            assert answer and answer.status == 201, answer
            assert not connection.has_answer(1), "it was closed in use"
        assert connection.has_answer(10) and connection.socket.recv(1) == b"", "it was left open"
    assert short_starts(gateway) == before + 4


@pytest.fixture
def waiting(fresh_dev):
    """A gateway without much patience, a connection with a start that waits for its commit, and what holds that up."""
    gateway = fresh_dev(
        TOLLGATE_SERVER_READ_TIMEOUT_SECONDS=1,
        TOLLGATE_DATABASE_LOCK_TIMEOUT_SECONDS=30,
        TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS=600,
    )
    client = gateway.client()
    client.start(**START)
    before = short_starts(gateway)
    with gateway.database.locked_uploads() as lock, RawConnection(gateway.url) as connection:
        connection.send(request(client))
        wait_until(lambda: gateway.database.waiting_statements() == 1, 10, "the start waits for the lock")
        assert short_starts(gateway) == before + 1
        yield gateway, connection, lock


def test_a_start_that_waits_for_its_commit_is_not_idle(waiting):
    gateway, connection, lock = waiting
    assert not connection.has_answer(2.5), connection.answer()
    lock.rollback()
    assert connection.answer().status == 201, gateway.told()


def test_a_stop_lets_a_start_have_its_answer(waiting):
    gateway, connection, lock = waiting
    gateway.process.send_signal(signal.SIGTERM)
    wait_until(lambda: refuses_connections(gateway.url), 10, "it took no new connections")
    assert not connection.has_answer(0.2)
    lock.rollback()
    assert connection.answer().status == 201, gateway.told()
    assert connection.socket.recv(1) == b"", "the connection was left open"
    assert gateway.process.wait(30) == 0, gateway.told()
