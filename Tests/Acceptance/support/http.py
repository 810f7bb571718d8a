"""Assertions on HTTP answers that tell the whole story when they fail."""

import threading

import requests

from .processes import wait_until

TIMEOUT = 30  # seconds; also for slow machines, an answer that takes longer is a fault
_local = threading.local()


def session():
    """A session of this thread: sessions are not made to be shared between threads."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
        _local.session.trust_env = False
    return _local.session


def call(method, url, **options):
    options.setdefault("timeout", TIMEOUT)
    options.setdefault("allow_redirects", False)
    return session().request(method, url, **options)


def _text(body, limit=2000):
    if body is None:
        return "(no body)"
    if not isinstance(body, (bytes, bytearray, str)):
        return f"(streamed: {type(body).__name__})"
    text = body if isinstance(body, str) else bytes(body[:limit]).decode(errors="backslashreplace")
    return text[:limit] + (f"... ({len(body)} in all)" if len(body) > limit else "")


def explain(response):
    """Request, status, headers and body; the Authorization header is left out."""
    request = response.request
    sent = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
    return (
        f"{request.method} {request.url}\n{sent}\n{_text(request.body, 600)}\n"
        f"--> {response.status_code} {response.reason}\n{dict(response.headers)}\n{_text(response.content)}"
    )


def expect(response, status):
    allowed = status if isinstance(status, (tuple, set, list)) else (status,)
    assert response.status_code in allowed, f"expected {status}\n{explain(response)}"
    return response


def expect_json(response, status):
    expect(response, status)
    kind = response.headers.get("Content-Type", "")
    assert kind.split(";")[0].strip() == "application/json", f"Content-Type {kind!r}\n{explain(response)}"
    try:
        return response.json()
    except ValueError as error:
        raise AssertionError(f"the body is not JSON: {error}\n{explain(response)}") from None


def expect_problem(response, status, code, pointer=None):
    """RFC 9457 with the members of the contract. Hands the problem back."""
    expect(response, status)
    told = explain(response)
    kind = response.headers.get("Content-Type", "")
    assert kind.split(";")[0].strip() == "application/problem+json", f"Content-Type {kind!r}\n{told}"
    try:
        problem = response.json()
    except ValueError as error:
        raise AssertionError(f"the problem is not JSON: {error}\n{told}") from None
    for member in ("type", "title", "detail", "code", "request_id"):
        assert isinstance(problem.get(member), str) and problem[member], f"member {member!r}\n{told}"
    codes = code if isinstance(code, (tuple, set, list)) else (code,)
    assert problem["code"] in codes, f"expected the code {code}\n{told}"
    assert problem["status"] == response.status_code, told
    assert problem["type"].endswith("/problems/" + problem["code"]), told
    assert response.headers.get("X-Request-Id") == problem["request_id"], f"X-Request-Id is not request_id\n{told}"
    if pointer is not None:
        assert problem.get("errors"), f"errors should point at {pointer!r}\n{told}"
        assert all(isinstance(error.get("detail"), str) for error in problem["errors"]), told
        pointers = [error.get("pointer") for error in problem["errors"]]
        assert pointer in pointers, f"errors should point at {pointer!r}, not {pointers}\n{told}"
    return problem


def eventually(attempt, accept, timeout, what):
    """Repeats a call until `accept` likes the answer; a failure shows the last one."""
    last = []

    def once():
        last[:] = [attempt()]
        return accept(last[0])

    wait_until(once, timeout, what, explain=lambda: explain(last[0]))
    return last[0]
