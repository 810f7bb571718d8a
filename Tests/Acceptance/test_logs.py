"""Runs last: what all gateways of the run printed, at debug level, what they told Prometheus, and what all databases
held, is no secret."""

import re

import pytest

from support.http import expect
from support.metrics import scrape
from support.processes import wait_until
from support.secrets import BOOK

pytestmark = pytest.mark.last

KINDS = {
    "an API key", "TOLLGATE_OPERATOR_KEY", "an upload token", "a form's signature", "a form's policy", "a URL's signature",
    "TOLLGATE_STORAGE_SECRET_ACCESS_KEY", "TOLLGATE_SECRET",
}  # fmt: skip


@pytest.fixture(scope="module")
def logs_of_the_run(dev, api):
    # One of every kind, also where these tests run alone.
    api.download(api.upload(b"abc", "a.png")["id"])
    expect(api.call("POST", "/v1/tokens", json={"uploaded_by": "user-42"}), 201)
    assert BOOK.logs and BOOK.secrets, "there is something to look for, and somewhere to look"
    return {path: path.read_text(errors="replace") for path in BOOK.logs}


@pytest.fixture(scope="module")
def dumps_of_the_run(dev, logs_of_the_run):
    """What the databases held when their servers were ended, and the shared gateway's holds now."""
    dev.note_rows()
    assert "usage" in BOOK.dumps[dev.name] and "$argon2id$" in BOOK.dumps[dev.name], "the tables are there"
    return BOOK.dumps


@pytest.fixture(scope="module")
def pages_of_the_run(dev, logs_of_the_run):
    """What gateways answered on /metrics when they were stopped, and the shared one answers now."""
    return BOOK.pages | {dev.name: scrape(dev.url)}


@pytest.fixture(scope="module")
def search(logs_of_the_run):
    return BOOK.search()


def test_nothing_runs_after_this(request):
    """Or its secrets, and where they went, would not be looked at."""
    module = [item.path for item in request.session.items].index(request.path)
    assert {item.path for item in request.session.items[module:]} == {request.path}


def test_some_of_every_kind_were_met(logs_of_the_run):
    """Or nothing was looked for."""
    assert KINDS <= set(BOOK.secrets.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("form", ["as it is", "as bytea"])
def test_the_search_finds_each_kind(logs_of_the_run, search, kind, form):
    """Or finding nothing would tell nothing."""
    secret = next(value for value, what in BOOK.secrets.items() if what == kind)
    # Of a key the secret is enough: `tg_`, 12 characters of id, `_`, the secret, 6 of checksum.
    secret = secret[16:-6] if secret.startswith("tg_") else secret
    text = secret if form == "as it is" else secret.encode().hex()
    assert kind in search.found_in(f'some text, "member":"x{text}y" and more')
    # The same with one character less, changed, or of another secret is none.
    assert kind not in search.found_in(f'"{text[:-1]}" {text[:-1]}! {text[1:]}')


def test_the_logs_are_of_debug_level(logs_of_the_run, dev):
    assert re.search(r"(?i)\bdebug\b", logs_of_the_run[dev.log])


def test_no_log_holds_a_secret(logs_of_the_run, search):
    for path, text in logs_of_the_run.items():
        assert not search.found_in(text), path


def test_no_database_holds_a_secret(dumps_of_the_run, search):
    for name, text in dumps_of_the_run.items():
        assert not search.found_in(text), f"the database of {name}"


def test_no_page_of_metrics_holds_a_secret(pages_of_the_run, search):
    for name, text in pages_of_the_run.items():
        assert "tollgate_http_requests_total" in text, name
        assert not search.found_in(text), f"the page of {name}"
        # Nor anything else that is as long as an id; the digits of a sum may be as many.
        names = re.sub(r" \S+$", "", text, flags=re.MULTILINE)
        assert not re.search(r"[0-9a-f]{16}|[0-9a-f]{8}-[0-9a-f]{4}-|tgt?_", names), f"the page of {name}"


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
