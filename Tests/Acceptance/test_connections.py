"""What a connection bears: pipelining, bodies that nobody wants, clients that dawdle. By hand on a socket."""

import json
import socket
import threading

import pytest

from support.client import post_form
from support.http import expect, session
from support.processes import wait_until
from support.raw import RawConnection


def test_continue_is_never_written_into_an_earlier_answer(dev, api, acme):
    content = b"\0" * 20_000_000
    ticket = api.start(file_name="large.bin", file_size=len(content))
    expect(post_form(ticket, content), 204)
    api.finish(ticket["id"])
    body = json.dumps({"file_name": "a.bin", "file_size": 1}).encode()
    with RawConnection(api.url(ticket["id"])["url"]) as connection:
        connection.head("GET")
        connection.head(
            "POST",
            "/v1/uploads/check",
            Authorization=f"Bearer {acme.key}",
            Content_Type="application/json",
            Content_Length=len(body),
            Expect="100-continue",
        )
        first = connection.answer()
        assert first.status == 200 and first.body == content, "something stands in the file"
        connection.send(body)
        assert connection.answer().status == 200


def test_an_unwanted_body_ends_its_connection(dev):
    with RawConnection(dev.url + "/v1/uploads") as connection:
        connection.head(Transfer_Encoding="chunked", Content_Type="application/json")
        connection.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        answer = connection.answer()
        assert answer.status == 401 and answer.headers["Connection"] == "close", answer
        connection.socket.settimeout(0.5)

        def refused():
            try:
                return not connection.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            except TimeoutError:
                return False

        wait_until(refused, 10, "the server stopped taking the body")


@pytest.mark.parametrize("body", [b"", b"{}"], ids=["no body", "a small body"])
def test_a_refused_request_that_was_read_keeps_its_connection(dev, body):
    with RawConnection(dev.url + "/v1/uploads") as connection:
        for _ in range(2):
            connection.head(Content_Type="application/json", Content_Length=len(body))
            connection.send(body)
            answer = connection.answer()
            assert answer.status == 401 and answer.headers["Connection"] != "close", answer


def test_a_client_that_takes_nothing_loses_its_connection(fresh_dev):
    gateway = fresh_dev(TOLLGATE_SERVER_WRITE_TIMEOUT_SECONDS=1, TOLLGATE_SERVER_MAX_CONNECTIONS=1)
    client = gateway.client()
    content = b"\0" * 30_000_000
    ticket = client.start(file_name="large.bin", file_size=len(content))
    expect(post_form(ticket, content), 204)
    client.finish(ticket["id"])
    link = client.url(ticket["id"])["url"]
    session().close()  # the one connection is for the client that dawdles
    with RawConnection(link) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.head("GET")
        assert connection.has_answer(10)
        wait_until(gateway.answers, 15, "the connection made room for another one", gateway.told)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_request_in_single_bytes_loses_its_connection(fresh_dev, part):
    gateway = fresh_dev(TOLLGATE_SERVER_READ_TIMEOUT_SECONDS=1)
    with RawConnection(gateway.url + "/v1/uploads") as connection:
        key = gateway.env["TOLLGATE_KEY"]
        if part == "body":
            connection.head(Content_Type="application/json", Content_Length=10_000, Authorization=f"Bearer {key}")
        else:
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        pause, sent = threading.Event(), 0
        while not connection.has_answer() and connection.send(b"x"):
            sent += 1
            assert sent < 50, "it is still listening after 15 seconds"
            pause.wait(0.3)
