"""HTTP by hand on a socket, where an HTTP library is too polite."""

import fcntl
import http.client
import select
import socket
import termios
from urllib.parse import urlsplit


class RawAnswer:
    def __init__(self, status, headers, body, sent):
        self.status, self.headers, self.body, self.sent = status, headers, body, sent

    def __str__(self):
        return f"--> {self.status}\n{dict(self.headers)}\n{self.body[:2000].decode(errors='backslashreplace')}"


class RawConnection:
    def __init__(self, url, timeout=30):
        parts = urlsplit(url)
        self.host = parts.netloc
        self.target = parts.path + (f"?{parts.query}" if parts.query else "")
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), timeout)
        self.sent = 0
        self.line = "(no request line of ours)"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False when the other side has stopped listening, which it may while we still send."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        self.sent += len(data)
        return True

    def head(self, method="POST", target=None, **headers):
        """Request line and headers; `_` in a name stands for `-`."""
        self.line = f"{method} {target or self.target}"
        lines = [f"{self.line} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.send("\r\n".join(lines).encode() + b"\r\n\r\n")

    def answer(self):
        """The answer, or None when the connection was closed or reset without one."""
        response = http.client.HTTPResponse(self.socket)
        try:
            response.begin()
            return RawAnswer(response.status, response.headers, response.read(), self.sent)
        except (ConnectionError, http.client.HTTPException):
            return None
        except TimeoutError:
            waited = self.socket.gettimeout()
            raise AssertionError(f"{self.line}: {self.sent} bytes sent, no answer within {waited} s") from None

    def answers(self, count):
        """That many answers that may come at once, of which a single one's reader would swallow the next."""
        with self.socket.makefile("rb") as stream:
            return [self._answer_of(stream) for _ in range(count)]

    def _answer_of(self, stream):
        class Shared:
            def makefile(self, *_):
                return self

            def __getattr__(self, name):
                return getattr(stream, name)

            def close(self):
                pass

        response = http.client.HTTPResponse(Shared())
        response.begin()
        return RawAnswer(response.status, response.headers, response.read(), self.sent)

    def drained(self):
        """Whether the other side's kernel has taken everything that we sent (SIOCOUTQ of tcp(7))."""
        waiting = fcntl.ioctl(self.socket, termios.TIOCOUTQ, b"\0\0\0\0")
        return int.from_bytes(waiting, "little") == 0

    def has_answer(self, within=0.0):
        """Whether bytes of an answer (or the end of the connection) wait to be read."""
        return bool(select.select([self.socket], [], [], within)[0])


def exchange(url, body, method="POST", **headers):
    """One whole request with Content-Length, and its answer."""
    with RawConnection(url) as connection:
        connection.head(method, Content_Length=len(body), Connection="close", **headers)
        connection.send(body)
        return connection.answer()
