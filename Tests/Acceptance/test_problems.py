"""Each line of the problem table, over real HTTP."""

import re
import uuid

import pytest

from support import keys
from support.http import call, eventually, expect, expect_problem
from support.tenants import make_tenant

ROUTES = [
    ("POST", "/v1/uploads"),
    ("POST", "/v1/uploads/check"),
    ("GET", "/v1/uploads"),
    ("GET", "/v1/uploads/{id}"),
    ("POST", "/v1/uploads/{id}/finish"),
    ("POST", "/v1/uploads/{id}/renew"),
    ("GET", "/v1/uploads/{id}/url"),
    ("DELETE", "/v1/uploads/{id}"),
    ("POST", "/v1/files"),
    ("PUT", "/v1/files/{id}"),
    ("POST", "/api/upload/direct/start/"),
    ("POST", "/api/upload/direct/finish/"),
    ("POST", "/api/upload/direct/local/{id}/"),
    ("POST", "/api/upload/standard/"),
]


def some_path(path):
    return path.replace("{id}", str(uuid.uuid4()))


def without_id(response):
    return {name: value for name, value in response.json().items() if name != "request_id"}


@pytest.mark.parametrize("method, path", ROUTES, ids=lambda value: value)
def test_every_route_wants_a_key(dev, method, path):
    response = call(method, dev.url + some_path(path))
    expect_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer"), response.headers


def test_every_bad_key_gets_one_and_the_same_answer(dev, acme):
    key = acme.key
    offered = {
        "none": None,
        "empty": "Bearer ",
        "no scheme": key,
        "Basic": "Basic dXNlcjpwYXNzd29yZA==",
        "not a key": "Bearer hello",
        "unknown": "Bearer " + keys.unknown(key),
        "wrong secret": "Bearer " + keys.with_wrong_secret(key),
        "id mistyped": "Bearer " + keys.mistyped(key, 5),
        "secret mistyped": "Bearer " + keys.mistyped(key, 30),
        "CRC mistyped": "Bearer " + keys.mistyped(key, 64),
        "cut": "Bearer " + key[:-1],
        "longer": "Bearer " + key + "a",
        "in other case": "Bearer " + key.swapcase(),
        "7 kB": "Bearer " + "a" * 7000,
    }
    answers = {}
    for name, authorization in offered.items():
        headers = {"Authorization": authorization} if authorization is not None else {}
        response = call("GET", dev.url + "/v1/uploads", headers=headers)
        expect_problem(response, 401, "unauthenticated")
        assert response.headers["WWW-Authenticate"] == "Bearer", (name, response.headers)
        answers[name] = without_id(response)
    assert all(answer == answers["none"] for answer in answers.values()), answers


@pytest.mark.parametrize("sent", [None, "my-trace-1", "x" * 5000, "a b\tc"])
def test_every_answer_has_a_request_id(dev, api, sent):
    headers = {"X-Request-Id": sent} if sent else {}
    for path in ("/healthz", "/v1/uploads", "/v1/nothing"):
        response = api.call("GET", path, headers=headers)
        assert 0 < len(response.headers.get("X-Request-Id", "")) <= 200, response.headers


@pytest.mark.parametrize(
    "scope, method, path",
    [
        ("uploads:read", "POST", "/v1/uploads"),
        ("uploads:read", "POST", "/v1/uploads/check"),
        ("uploads:read", "POST", "/v1/uploads/{id}/finish"),
        ("uploads:read", "POST", "/v1/uploads/{id}/renew"),
        ("uploads:read", "POST", "/v1/files"),
        ("uploads:read", "PUT", "/v1/files/{id}"),
        ("uploads:read", "POST", "/api/upload/direct/start/"),
        ("uploads:read", "POST", "/api/upload/direct/finish/"),
        ("uploads:read", "POST", "/api/upload/standard/"),
        ("uploads:read", "DELETE", "/v1/uploads/{id}"),
        ("uploads:write", "GET", "/v1/uploads"),
        ("uploads:write", "GET", "/v1/uploads/{id}"),
        ("uploads:write", "GET", "/v1/uploads/{id}/url"),
        ("uploads:write", "DELETE", "/v1/uploads/{id}"),
        ("uploads:delete", "POST", "/v1/uploads"),
        ("uploads:delete", "GET", "/v1/uploads"),
    ],
)
def test_a_key_does_only_what_its_scopes_say(narrow, api, scope, method, path):
    ticket = api.start(file_name="a.png", file_size=3)
    target = path.replace("{id}", ticket["id"])
    options = {"files": {"file": ("a.png", b"abc")}} if "files" in path or "standard" in path else {}
    if not options and method == "POST":
        options = {"json": {"file_name": "a.png", "file_type": "image/png", "file_size": 3, "file_id": ticket["id"]}}
        if "finish" in path and path.startswith("/api"):
            options = {"json": {"file_id": ticket["id"]}}
        elif "{id}" in path:
            options = {}
        elif path.startswith("/v1"):
            options["json"].pop("file_id")
    expect_problem(narrow(scope).call(method, target, **options), 403, "forbidden")


@pytest.fixture(scope="module")
def narrow(acme):
    """A client of the shared tenant with one scope; made once for each."""
    made = {}

    def make(scope):
        if scope not in made:
            made[scope] = acme.client_with(scope)
        return made[scope]

    return make


def test_each_scope_opens_its_own_calls(narrow, api):
    ticket = narrow("uploads:write").start(file_name="a.png", file_size=3)
    narrow("uploads:write").store(ticket, b"abc")
    narrow("uploads:write").finish(ticket["id"])
    assert narrow("uploads:read").get(ticket["id"])["status"] == "finished"
    narrow("uploads:read").assert_stored(ticket["id"], b"abc")
    narrow("uploads:delete").delete(ticket["id"])
    assert narrow("uploads:read").get(ticket["id"])["status"] == "deleted"


@pytest.mark.parametrize("path", ["/v1/uploads/{id}", "/v1/uploads/{id}/url"])
def test_an_unknown_id_is_not_found(api, path):
    expect_problem(api.call("GET", some_path(path)), 404, "not-found")


@pytest.mark.parametrize(
    "tail", ["not-an-id", "1", "%00", "00000000-0000-0000-0000-00000000000g", "%F0%9F%8D%9E", "x" * 3000]
)
def test_an_id_that_is_none_is_answered_with_a_problem(api, tail):
    expect_problem(api.call("GET", "/v1/uploads/" + tail), (400, 404), ("malformed-request", "not-found"))


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/v1/uploads/a/b/c", "/nothing", "/", "/api/upload/nothing/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_not_found(api, method, path):
    if path == "/" and method == "GET":
        pytest.skip("the root may be a page")
    expect_problem(api.call(method, path), (404, 405), ("not-found", "method-not-allowed"))


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("PUT", "/v1/uploads", {"GET", "POST"}),
        ("DELETE", "/v1/uploads", {"GET", "POST"}),
        ("GET", "/v1/uploads/{id}/finish", {"POST"}),
        ("GET", "/v1/uploads/{id}/renew", {"POST"}),
        ("POST", "/v1/uploads/{id}/url", {"GET"}),
        ("POST", "/v1/uploads/{id}", {"GET", "DELETE"}),
        ("PATCH", "/v1/uploads/{id}", {"GET", "DELETE"}),
        ("GET", "/v1/files", {"POST"}),
        ("GET", "/v1/files/{id}", {"PUT"}),
        ("GET", "/api/upload/direct/start/", {"POST"}),
        ("POST", "/healthz", {"GET"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(api, method, path, allowed):
    response = api.call(method, some_path(path))
    expect_problem(response, 405, "method-not-allowed")
    offered = {part.strip() for part in response.headers["Allow"].split(",")}
    assert allowed <= offered and method not in offered, response.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"hello",
        b'{"file_name": "a.png",}',
        b"\xff\xfe\xfa",
        b'{"file_name": "\xff"}',
        b'{"a":1}{"a":1}',
        b"[" * 30000,
    ],
)
def test_a_body_that_is_not_json_is_refused(api, body):
    response = api.call("POST", "/v1/uploads", data=body, headers={"Content-Type": "application/json"})
    expect_problem(response, 400, "malformed-request")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"file"', b"7"])
def test_json_that_is_no_object_is_refused(api, body):
    response = api.call("POST", "/v1/uploads", data=body, headers={"Content-Type": "application/json"})
    expect_problem(response, (400, 422), ("malformed-request", "invalid-request"))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", None])
def test_a_body_of_another_type_is_refused(api, kind):
    headers = {"Content-Type": kind} if kind else {}
    response = api.call("POST", "/v1/uploads", data=b'{"file_name": "a.png", "file_size": 1}', headers=headers)
    expect_problem(response, 415, "unsupported-media-type")


def test_json_with_a_charset_is_json(api):
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    expect(api.call("POST", "/v1/uploads", data=b'{"file_name": "a.png", "file_size": 1}', headers=headers), 201)


def test_a_suspended_tenant_is_told_so_and_comes_back(dev, tenant):
    owner = tenant()
    upload = owner.client.upload(b"abc", "a.png")
    dev.console.suspend_tenant(owner.slug)
    attempt = lambda: owner.client.try_start(file_name="a.png", file_size=1)  # noqa: E731
    refused = eventually(attempt, lambda answer: answer.status_code != 201, 5, "the suspension took effect")
    expect_problem(refused, 403, "tenant-suspended")
    dev.console.resume_tenant(owner.slug)
    eventually(attempt, lambda answer: answer.status_code == 201, 5, "the tenant was back")
    owner.client.assert_stored(upload["id"], b"abc")


def test_a_file_over_the_tenants_limit_is_too_large(tenant):
    owner = tenant(max_file_bytes="1000")
    expect_problem(owner.client.try_start(file_name="a.png", file_size=1001), 413, "file-too-large")
    owner.client.start(file_name="a.png", file_size=1000)


def test_the_default_limit_is_100_mebibytes(api):
    expect_problem(api.try_start(file_name="a.png", file_size=100 * 2**20 + 1), 413, "file-too-large")


@pytest.mark.parametrize("file_type", ["image/gif", "text/html", "image/pngx", "application/octet-stream"])
def test_a_type_outside_the_tenants_list_is_not_allowed(picky, file_type):
    expect_problem(picky.try_start(file_name="a.png", file_type=file_type, file_size=1), 422, "type-not-allowed")


@pytest.mark.parametrize("file_type", ["image/png", "IMAGE/PNG", "video/mp4", "video/webm"])
def test_a_type_of_the_tenants_list_is_allowed(picky, file_type):
    expect(picky.try_start(file_name="a", file_type=file_type, file_size=1), 201)


@pytest.fixture(scope="module")
def picky(dev):
    return make_tenant(dev, allowed_type=["image/png", "video/*"]).client


@pytest.mark.parametrize("code", ["not-found", "quota-exceeded", "unavailable"])
def test_the_type_of_a_problem_is_a_page(dev, code):
    response = expect(call("GET", f"{dev.url}/problems/{code}"), 200)
    assert re.match(r"text/(html|plain|markdown)", response.headers["Content-Type"]), response.headers
    assert code in response.text, response.text


def test_health_needs_no_key(dev):
    expect(call("GET", dev.url + "/healthz"), 200)
    expect(call("GET", dev.url + "/readyz"), 200)
