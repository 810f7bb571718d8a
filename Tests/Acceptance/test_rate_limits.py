"""Limits on requests: a tenant's rate, a key's, and that of wrong credentials from one address."""

import re
import secrets
import string
import time
import zlib

import pytest

from support.client import Client
from support.gateway import Dev
from support.http import expect, expect_problem
from support.processes import wait_until
from support.secrets import BOOK
from support.tenants import make_tenant

# The shape of RateLimit and RateLimit-Policy, by draft-ietf-httpapi-ratelimit-headers-10.
ITEM = re.compile(r'"(?P<name>[a-z]+)";(?P<first>[qr])=(?P<amount>\d+);(?P<second>[wt])=(?P<seconds>\d+)')


def parsed(response, header):
    """-> {name: (amount, seconds)}"""
    matches = [ITEM.fullmatch(item.strip()) for item in response.headers[header].split(",")]
    assert all(matches), f"{header}: {response.headers[header]}"
    marks = ("q", "w") if header == "RateLimit-Policy" else ("r", "t")
    assert all((match["first"], match["second"]) == marks for match in matches), response.headers[header]
    return {match["name"]: (int(match["amount"]), int(match["seconds"])) for match in matches}


def assert_limited(response):
    expect_problem(response, 429, "rate-limited")
    assert int(response.headers["Retry-After"]) >= 1, response.headers


def spend(client, path="/v1/uploads", most=400):
    """Asks until a 429 comes. -> (the answers before it, the 429)"""
    answers = []
    for _ in range(most):
        response = client.call("GET", path)
        if response.status_code == 429:
            return answers, response
        answers.append(response)
    raise AssertionError(f"none of {most} requests was refused")


def test_a_tenant_without_a_limit_is_told_of_none(api):
    response = expect(api.call("GET", "/v1/uploads"), 200)
    assert not {"RateLimit", "RateLimit-Policy", "Retry-After"} & set(response.headers), response.headers


def test_every_answer_to_a_limited_tenant_says_where_it_stands(tenant):
    client = tenant(requests_per_second=1000).client
    for response in (
        expect(client.call("GET", "/v1/uploads"), 200),
        expect(client.call("GET", "/v1/uploads/nothing"), 404),
        expect(client.try_start(file_name=""), 422),
    ):
        assert parsed(response, "RateLimit-Policy") == {"tenant": (1000, 1)}, response.headers
        remaining, seconds = parsed(response, "RateLimit")["tenant"]
        assert 900 < remaining < 1000 and seconds == 1, response.headers


def test_what_is_over_the_limit_is_refused_until_time_has_passed(tenant):
    owner, other = tenant(requests_per_second=2), tenant()
    answers, refused = spend(owner.client)
    assert len(answers) >= 2
    assert_limited(refused)
    assert parsed(refused, "RateLimit") == {"tenant": (0, 1)}
    expect(other.client.call("GET", "/v1/uploads"), 200)
    wait_until(lambda: owner.client.call("GET", "/v1/uploads").status_code == 200, 5, "the limit let it pass again")


def test_the_keys_of_a_tenant_share_its_limit(tenant):
    owner = tenant(requests_per_second=1)
    second = owner.client_with("uploads:read")
    # Both keys are verified first: that takes longer than a token of the bucket.
    for client in (owner.client, second):
        wait_until(lambda c=client: c.call("GET", "/v1/uploads").status_code == 200, 10, "the key was let pass")
    wait_until(lambda: owner.client.call("GET", "/v1/uploads").status_code == 200, 10, "the bucket had a token")
    assert_limited(second.call("GET", "/v1/uploads"))


def test_the_rate_is_kept_over_time(tenant):
    owner = tenant(requests_per_second=20)
    spend(owner.client)
    began, passed = time.monotonic(), 0
    while time.monotonic() - began < 2:
        passed += owner.client.call("GET", "/v1/uploads").status_code == 200
    elapsed = time.monotonic() - began
    assert passed <= 20 * elapsed + 21, f"{passed} requests in {elapsed:.2f} s"
    assert passed >= 10, f"only {passed} requests in {elapsed:.2f} s"


def test_a_changed_limit_holds_for_the_next_requests(dev, tenant):
    owner = tenant(requests_per_second=1)
    spend(owner.client)
    dev.console.succeed("tenant", "set-limits", owner.slug, "--requests-per-second", "unlimited")
    wait_until(
        lambda: "RateLimit" not in owner.client.call("GET", "/v1/uploads").headers, 5, "the limit was lifted"
    )


@pytest.fixture(scope="module")
def strict(directories, logs):
    """A gateway with tight limits."""
    with Dev.own(
        directories,
        logs,
        "strict",
        TOLLGATE_LOG_LEVEL="info",
        TOLLGATE_LIMITS_KEY_REQUESTS_PER_SECOND=5,
        TOLLGATE_LIMITS_FAILED_AUTHENTICATIONS=5,
        TOLLGATE_LIMITS_FAILED_AUTHENTICATION_WINDOW_SECONDS=3600,
    ) as made:
        yield made


def wrong_key(strict):
    """A key of the right form that nobody has: the CRC is right, so that only a look-up tells."""
    body = f"tg_{secrets.token_hex(6)}_{''.join(secrets.choice(string.ascii_letters) for _ in range(43))}"
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    number, text = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        text = digits[digit] + text
    return Client(strict.url, body + text)


def test_a_key_may_have_a_limit_of_its_own(strict):
    owner = make_tenant(strict)
    second = owner.client_with("uploads:read")
    expect(second.call("GET", "/v1/uploads"), 200)
    answers, refused = spend(owner.client)
    assert_limited(refused)
    assert parsed(refused, "RateLimit-Policy") == {"key": (5, 1)}
    assert expect(second.call("GET", "/v1/uploads"), 200)


def test_wrong_keys_of_one_address_are_held_back_and_right_ones_are_not(strict):
    owner = make_tenant(strict)
    cold = owner.client_with("uploads:read")
    expect(owner.client.call("GET", "/v1/uploads"), 200)
    token = owner.client.call("POST", "/v1/tokens", json={"uploaded_by": "user-42"}).json()["token"]
    failed = [wrong_key(strict).call("GET", "/v1/uploads") for _ in range(8)]
    assert [answer.status_code for answer in failed] == [401] * 5 + [429] * 3
    assert_limited(failed[-1])
    # What has not even the form of a key, or is no token of ours, is counted apart.
    garbage = ("nonsense", "tgt_000000.e30.nonsense", owner.key[:-1] + ("a" if owner.key[-1] != "a" else "b")) * 2
    answers = [Client(strict.url, text).call("GET", "/v1/uploads") for text in garbage]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert_limited(answers[-1])
    # Without credentials nothing was tried.
    expect_problem(Client(strict.url, None).call("GET", "/v1/uploads"), 401, "unauthenticated")
    wait_until(lambda: owner.client.call("GET", "/v1/uploads").status_code == 200, 5, "the known key passed")
    expect(Client(strict.url, token).try_start(file_name="a.png", file_size=1), 201)
    assert_limited(cold.call("GET", "/v1/uploads"))


def test_garbage_holds_back_no_key_of_the_same_address(fresh_dev):
    gateway = fresh_dev(TOLLGATE_LIMITS_FAILED_AUTHENTICATIONS=5)
    for _ in range(5):
        expect(Client(gateway.url, "nonsense").call("GET", "/v1/uploads"), 401)
    assert_limited(Client(gateway.url, "nonsense").call("GET", "/v1/uploads"))
    expect(gateway.client().call("GET", "/v1/uploads"), 200)


def test_clients_behind_a_trusted_proxy_are_told_apart(fresh_dev):
    gateway = fresh_dev(
        TOLLGATE_LIMITS_FAILED_AUTHENTICATIONS=2,
        TOLLGATE_LIMITS_FAILED_AUTHENTICATION_WINDOW_SECONDS=3600,
        TOLLGATE_SERVER_TRUSTED_PROXIES="127.0.0.1,192.0.2.0/24",
        TOLLGATE_LOG_LEVEL="info",
    )

    def guess(forwarded):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return wrong_key(gateway).call("GET", "/v1/uploads", headers=headers)

    # Whatever the client claims itself, the last that no proxy has is who it is.
    answers = [guess(f"198.51.100.{n}, 203.0.113.7, 192.0.2.1") for n in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    expect(guess("203.0.113.8"), 401)
    expect(guess(None), 401)
    admin = gateway.client()
    made = admin.call(
        "POST",
        "/v1/keys",
        json={"name": "k", "scopes": ["uploads:read"]},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    BOOK.note("an API key", expect(made, 201).json()["key"])
    assert admin.call("GET", "/v1/audit").json()["data"][0]["address"] == "203.0.113.9"
    assert "client.address=203.0.113.9" in gateway.log.read_text()


def test_a_flood_of_refusals_does_not_fill_the_log(strict):
    for _ in range(300):
        expect(Client(strict.url, None).call("GET", "/v1/uploads"), 401)
    # 100 a minute, and this took a few minutes at the very most.
    assert strict.log.read_text().count("http.status=401") <= 250
