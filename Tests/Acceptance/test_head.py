"""HEAD is GET without the body (RFC 9110, section 9.3.2), read by hand so that a body on the wire would be seen."""

import uuid

import pytest

from support import pictures
from support.raw import RawConnection


@pytest.fixture(scope="module")
def upload(api):
    return api.upload(pictures.png(), "a.png")["id"]


def ask(dev, method, path, key):
    """One request and the start of another on the same connection. -> (status, headers, body, the second status)"""
    credentials = {"Authorization": f"Bearer {key}"} if key else {}
    with RawConnection(dev.url + path) as connection:
        connection.head(method, **credentials)
        if method != "HEAD":
            first = connection.answer()
            return first.status, first.headers, first.body
        # An answer to a HEAD ends with its head: what follows must be the next answer.
        connection.head("GET", "/healthz", Connection="close")
        received = b""
        while part := connection.socket.recv(65536):
            received += part
    head, _, rest = received.partition(b"\r\n\r\n")
    assert rest.startswith(b"HTTP/1.1 200 "), f"after the head of a HEAD's answer: {rest[:200]}"
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), b""


@pytest.mark.parametrize(
    "path",
    [
        "/v1/uploads",
        "/v1/uploads/{id}",
        "/v1/uploads/{unknown}",
        "/v1/uploads?limit=0",
        "/v1/tenant",
        "/v1/usage",
        "/v1/audit",
        "/v1/tenants",
        "/v1/nothing",
        "/v1/uploads/{id}/finish",
        "/healthz",
        "/problems/not-found",
    ],
)
@pytest.mark.parametrize("credentials", ["a key", "none"])
def test_a_head_is_a_get_without_its_body(dev, acme, upload, path, credentials):
    key = acme.key if credentials == "a key" else None
    path = path.format(id=upload, unknown=uuid.uuid4())
    status, headers, body = ask(dev, "GET", path, key)
    head_status, head_headers, _ = ask(dev, "HEAD", path, key)
    assert head_status == status
    assert body, "the GET has a body, or there would be nothing to leave out"
    for name in ("Content-Type", "Content-Length", "Cache-Control", "WWW-Authenticate", "Allow"):
        assert head_headers.get(name) == headers.get(name), name
    assert head_headers["X-Request-Id"]


@pytest.mark.parametrize(
    "path, allowed",
    [
        ("/v1/uploads", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/v1/tenant", {"GET", "HEAD", "OPTIONS"}),
        ("/v1/files", {"OPTIONS", "POST"}),
    ],
)
def test_allow_lists_head_where_there_is_a_get(api, path, allowed):
    offered = api.call("PATCH", path).headers["Allow"]
    assert set(offered.split(", ")) == allowed
