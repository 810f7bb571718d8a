"""Browsers of other origins may call the gateway and its store."""

import pytest

from support.client import post_form
from support.http import call, expect

ORIGIN = {"Origin": "https://app.example"}


def assert_open(response):
    allowed = response.headers.get("Access-Control-Allow-Origin")
    assert allowed in ("*", ORIGIN["Origin"]), f"Access-Control-Allow-Origin: {allowed}\n{response.headers}"
    assert response.headers.get("Access-Control-Allow-Credentials") != "true", "keys travel in a header, not in cookies"


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "/v1/uploads"),
        ("POST", "/v1/uploads/x/finish"),
        ("DELETE", "/v1/uploads/x"),
        ("PUT", "/v1/files/x"),
        ("POST", "/api/upload/direct/start/"),
        ("POST", "/api/files/upload/direct/finish"),
    ],
)
def test_a_preflight_allows_the_method_and_the_headers(dev, method, path):
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    response = expect(call("OPTIONS", dev.url + path, headers=ORIGIN | asked), (200, 204))
    assert_open(response)
    methods = {part.strip() for part in response.headers["Access-Control-Allow-Methods"].split(",")}
    assert method in methods or "*" in methods, response.headers
    headers = {part.strip().lower() for part in response.headers["Access-Control-Allow-Headers"].split(",")}
    # A star does not cover Authorization (Fetch standard, "CORS non-wildcard request-header name").
    assert {"authorization", "content-type", "idempotency-key"} <= headers, response.headers


def test_answers_and_problems_can_be_read_by_the_page(api, dev):
    for response in (
        api.call("GET", "/v1/uploads", headers=ORIGIN),
        api.call("GET", "/v1/nothing", headers=ORIGIN),
        api.call("PUT", "/v1/uploads", headers=ORIGIN),
        api.call("POST", "/v1/uploads", data=b"{", headers=ORIGIN | {"Content-Type": "application/json"}),
        call("GET", dev.url + "/v1/uploads", headers=ORIGIN),
    ):
        assert_open(response)
        exposed = response.headers.get("Access-Control-Expose-Headers", "").lower()
        assert "x-request-id" in exposed, response.headers


def test_the_store_can_be_used_by_the_page(api):
    ticket = api.start(file_name="a.png", file_size=3)
    assert_open(post_form(ticket, b"too large", headers=ORIGIN))
    assert_open(expect(post_form(ticket, b"abc", headers=ORIGIN), 204))
    api.finish(ticket["id"])
    assert_open(call("GET", api.url(ticket["id"])["url"], headers=ORIGIN))
