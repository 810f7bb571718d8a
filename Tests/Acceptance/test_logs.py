"""Runs last: what all gateways of the run printed, at debug level, and what their databases held, is no secret."""

import re

import pytest

from support.http import expect
from support.processes import wait_until
from support.secrets import BOOK

pytestmark = pytest.mark.last

# How base64 of `{"expiration` begins, and so every policy that a builder of ours or botocore writes.
POLICY = "eyJleHBpcmF0aW9u"


@pytest.fixture(scope="module")
def logs_of_the_run(dev, api):
    # One of every kind, also where these tests run alone.
    api.download(api.upload(b"abc", "a.png")["id"])
    expect(api.call("POST", "/v1/tokens", json={"uploaded_by": "user-42"}), 201)
    assert BOOK.logs and BOOK.secrets, "there is something to look for, and somewhere to look"
    return {path: path.read_text(errors="replace") for path in BOOK.logs}


@pytest.fixture(scope="module")
def rows_of_the_run(dev, logs_of_the_run):
    """What the databases of all gateways held when they were stopped, and the shared one's holds now."""
    dev.note_rows()
    assert "usage" in BOOK.dumps[dev.name] and "$argon2id$" in BOOK.dumps[dev.name], "the tables are there"
    return BOOK.dumps


def found_in(text):
    """What `text` holds of the secrets, as they are or as bytea is written."""
    found = [what for secret, what in plain_secrets().items() if secret in text or secret.encode().hex() in text]
    signatures = set(re.findall(r"[0-9a-f]{64}", text)) & BOOK.secrets.keys()
    return found + [BOOK.secrets[signature] for signature in signatures]


def plain_secrets():
    """Signatures are many, and found by their form; policies by their beginning."""
    return {secret: what for secret, what in BOOK.secrets.items() if "form" not in what and "URL's" not in what}


def test_some_of_every_kind_were_met(logs_of_the_run):
    """Or nothing was looked for."""
    kinds = {"an API key", "an upload token", "TOLLGATE_SECRET"}
    assert kinds | {"a form's signature", "a form's policy", "a URL's signature"} <= set(BOOK.secrets.values())


def test_the_logs_are_of_debug_level(logs_of_the_run, dev):
    assert re.search(r"(?i)\bdebug\b", logs_of_the_run[dev.log])


def test_no_log_holds_a_secret(logs_of_the_run):
    for path, text in logs_of_the_run.items():
        assert not found_in(text), path
        assert POLICY not in text, f"a policy in {path}"


def test_no_database_holds_a_secret(rows_of_the_run):
    for name, text in rows_of_the_run.items():
        assert not found_in(text), name
        assert POLICY not in text and POLICY.encode().hex() not in text, f"a policy in the database of {name}"


def test_no_log_holds_a_hash_or_a_header_of_credentials(logs_of_the_run):
    for path, text in logs_of_the_run.items():
        for word in (r"\$argon2", r"Bearer tg_\w", r"(?i)x-amz-signature="):
            assert not re.search(word, text), f"{word} in {path}"


def test_no_gateway_crashed_on_the_way(logs_of_the_run):
    for path, text in logs_of_the_run.items():
        for word in ("Fatal error", "*** Signal", "*** Program crashed", "Stack dump"):
            assert word not in text, f"{word!r} in {path}\n{text[-3000:]}"


def test_the_access_log_names_requests_by_id(api, dev):
    request_id = api.call("GET", "/v1/uploads").headers["X-Request-Id"]
    wait_until(lambda: request_id in dev.log.read_text(errors="replace"), 5, "the request was logged", dev.told)
