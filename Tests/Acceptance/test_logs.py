"""Runs last: what all gateways of the run printed, at debug level, holds no secret."""

import re

import pytest

from support.processes import wait_until
from support.secrets import BOOK

pytestmark = pytest.mark.last

# How base64 of `{"expiration` begins, and so every policy that a builder of ours or botocore writes.
POLICY = "eyJleHBpcmF0aW9u"


@pytest.fixture(scope="module")
def logs_of_the_run(dev):
    assert BOOK.logs and BOOK.secrets, "there is something to look for, and somewhere to look"
    return {path: path.read_text(errors="replace") for path in BOOK.logs}


def test_no_log_holds_a_key_or_a_secret(logs_of_the_run):
    wanted = {secret: what for secret, what in BOOK.secrets.items() if "form" not in what and "URL's" not in what}
    for path, text in logs_of_the_run.items():
        found = [f"{what} ({secret[:6]}...)" for secret, what in wanted.items() if secret in text]
        assert not found, f"{path}: {found[:10]}"


def test_no_log_holds_a_signature_or_a_policy(logs_of_the_run):
    for path, text in logs_of_the_run.items():
        found = [BOOK.secrets[word] for word in re.findall(r"[0-9a-f]{64}", text) if word in BOOK.secrets]
        assert not found, f"{path}: {found[:10]}"
        assert POLICY not in text, f"a policy in {path}"


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
