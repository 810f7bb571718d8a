"""As much of HTTP/1.1 as a load generator needs: ready-made requests, answers told apart by their length."""

import json
import socket
import urllib.parse

from support import forms


def address(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


def request(method, path, body=b"", **headers):
    """The bytes of a request; `content_type=` is Content-Type."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def start_request(key):
    body = json.dumps({"file_name": "cool_logo.png", "file_type": "image/png", "file_size": 48213}).encode()
    return request("POST", "/v1/uploads", body, authorization=f"Bearer {key}", content_type="application/json")


def form_request(ticket, content):
    path = urllib.parse.urlsplit(ticket["url"]).path
    return request("POST", path, forms.form(ticket["fields"], content), content_type=forms.content_type())


def finish_request(key, upload_id):
    return request("POST", f"/v1/uploads/{upload_id}/finish", authorization=f"Bearer {key}")


def connect(where):
    connection = socket.create_connection(where, timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Answer:
    """Grows by what arrives until it is whole."""

    __slots__ = ("_bytes", "_end")

    def __init__(self):
        self._bytes, self._end = b"", None

    def add(self, piece):
        """-> whether the answer is whole"""
        self._bytes += piece
        if self._end is None:
            head = self._bytes.find(b"\r\n\r\n")
            if head < 0:
                return False
            length = self._bytes[:head].lower().find(b"\r\ncontent-length:")
            size = int(self._bytes[length + 17 : head].split(b"\r\n", 1)[0]) if length >= 0 else 0
            self._end = head + 4 + size
        return len(self._bytes) >= self._end

    @property
    def status(self):
        return int(self._bytes[9:12])

    @property
    def body(self):
        return self._bytes[self._bytes.index(b"\r\n\r\n") + 4 :]


def receive(connection):
    """One whole answer, waited for."""
    answer = Answer()
    while piece := connection.recv(65536):
        if answer.add(piece):
            return answer
    raise ConnectionError("the server closed the connection")
