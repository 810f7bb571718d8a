"""`/metrics`: it counts what happened, in the format of Prometheus, and names nobody."""

import re

import pytest

from support import keys, pictures
from support.client import Client, post_form
from support.gateway import Dev
from support.http import call, expect, expect_json, expect_problem
from support.metrics import Metrics, metrics, scrape
from support.operator import Operator
from support.processes import peak_memory_bytes, wait_until
from support.raw import RawConnection
from support.routes import served

CONTENT = pictures.png()
LABELS = {"method", "route", "status", "reason", "cache", "result", "of", "quota", "outcome", "le"}


@pytest.fixture(scope="module")
def gateway(directories, logs):
    """One of its own, so that nobody else is counted."""
    with Dev.own(
        directories,
        logs,
        "metrics",
        TOLLGATE_LOG_FORMAT="json",
        TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS=1,
    ) as made:
        yield made


@pytest.fixture(scope="module")
def tenant(gateway):
    return Operator(gateway.url, gateway.env["TOLLGATE_OPERATOR_KEY"]).create(limits={"max_pending_uploads": 2})


@pytest.fixture(scope="module")
def client(gateway, tenant):
    return Client(gateway.url, tenant["key"])


class Growth:
    """What was counted since it was made."""

    def __init__(self, gateway):
        self.url, self.before = gateway.url, metrics(gateway.url)

    def __call__(self, name, **labels):
        return metrics(self.url).value(name, **labels) - self.before.value(name, **labels)

    def answers(self, method, route, status):
        return metrics(self.url).answers(method, route, status) - self.before.answers(method, route, status)


@pytest.fixture
def growth(gateway):
    return Growth(gateway)


def test_the_page_is_well_formed(gateway):
    page = metrics(gateway.url)
    for family in page.families:
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
        assert re.fullmatch(r"(tollgate|process)_[a-z0-9_]+", family.name), family
        assert family.samples or family.name.startswith("tollgate_http"), family
    assert {name for _, labels in page.samples for name, _ in labels} <= LABELS


def test_histograms_add_up(gateway, client):
    expect(client.call("GET", "/v1/tenant"), 200)
    page = metrics(gateway.url)
    found = 0
    for family in (family for family in page.families if family.type == "histogram"):
        series = {}
        for sample in family.samples:
            own = frozenset((name, value) for name, value in sample.labels.items() if name != "le")
            series.setdefault(own, []).append(sample)
        for samples in series.values():
            buckets = [sample.value for sample in samples if sample.name.endswith("_bucket")]
            (count,) = [sample.value for sample in samples if sample.name.endswith("_count")]
            assert buckets == sorted(buckets) and buckets[-1] == count, samples
            found += count > 0
    assert found, "there is a histogram with something in it"


def test_requests_are_counted_by_route_and_status(gateway, client, growth):
    finished = client.upload(CONTENT)["id"]
    assert growth.answers("POST", "/v1/uploads", 201) == 1
    assert growth.answers("POST", "/storage/{bucket}", 204) == 1
    assert growth.answers("POST", "/v1/uploads/{id}/finish", 200) == 1
    assert growth("tollgate_http_request_duration_seconds_count", method="POST", route="/v1/uploads") == 1

    expect_problem(client.call("GET", "/v1/uploads/0190b5f0-0000-7000-8000-000000000000"), 404, "not-found")
    expect(client.call("HEAD", f"/v1/uploads/{finished}"), 200)
    assert growth.answers("GET", "/v1/uploads/{id}", 404) == 1
    assert growth.answers("HEAD", "/v1/uploads/{id}", 200) == 1

    expect_problem(client.call("PUT", "/v1/tenant"), 405, "method-not-allowed")
    assert growth.answers("other", "/v1/tenant", 405) == 1
    expect_problem(client.call("GET", "/v1/nothing"), 404, "not-found")
    assert growth.answers("other", "-", 404) == 1


def test_durations_are_in_seconds(gateway, client, growth):
    expect(client.call("GET", "/v1/tenant"), 200)
    took = growth("tollgate_http_request_duration_seconds_sum", method="GET", route="/v1/tenant")
    assert 0.000_005 < took < 30


def test_keys_are_counted(gateway, client, growth):
    expect(client.call("GET", "/v1/tenant"), 200)
    remembered = Growth(gateway)
    expect(client.call("GET", "/v1/tenant"), 200)
    assert remembered("tollgate_key_cache_lookups_total", cache="api_keys", result="hit") == 1
    assert metrics(gateway.url).value("tollgate_key_cache_keys", cache="api_keys") >= 1

    wrong = keys.with_wrong_secret(client.key)
    expect_problem(Client(gateway.url, wrong).call("GET", "/v1/tenant"), 401, "unauthenticated")
    assert remembered("tollgate_authentication_failures_total", reason="wrong") == 1
    assert remembered("tollgate_key_cache_lookups_total", cache="api_keys", result="miss") == 1
    assert growth("tollgate_argon2_jobs_total") >= 1
    expect_problem(call("GET", gateway.url + "/v1/tenant"), 401, "unauthenticated")
    assert remembered("tollgate_authentication_failures_total", reason="wrong") == 1, "no credentials are no attempt"

    token = expect_json(client.call("POST", "/v1/tokens", json={"uploaded_by": "user-42"}), 201)["token"]
    for _ in range(2):
        asked = Client(gateway.url, token).call("POST", "/v1/uploads/check", json={"file_name": "a.png", "file_size": 3})
        expect(asked, 200)
    assert growth("tollgate_key_cache_lookups_total", cache="upload_tokens", result="hit") == 1


def test_quotas_and_commits_are_counted(client, growth):
    tickets = [client.start(file_name="a.png", file_size=3) for _ in range(2)]
    expect_problem(client.try_start(file_name="a.png", file_size=3), 403, "quota-exceeded")
    assert growth("tollgate_quota_refusals_total", quota="pending_uploads") == 1
    assert growth("tollgate_commit_batch_size_sum", of="starts") == 3
    for ticket in tickets:
        client.delete(ticket["id"])
    assert growth("tollgate_commit_batch_size_sum", of="endings") >= 2
    assert growth("tollgate_commit_batch_size_bucket", of="starts", le="+Inf") >= 1


def test_the_sweepers_work_is_counted(client, growth):
    client.delete(client.start(file_name="a.png", file_size=3)["id"])
    wait_until(lambda: growth("tollgate_sweeper_removals_total", outcome="done") >= 1, 20, "it was swept")
    assert growth("tollgate_sweeper_removals_total", outcome="failed") == 0
    assert growth("tollgate_sweeper_failed_sweeps_total") == 0


def test_the_process_tells_what_it_takes(gateway, growth):
    page = metrics(gateway.url)
    peak = peak_memory_bytes(gateway.pid)
    assert peak / 4 < page.value("process_resident_memory_bytes") <= peak
    assert page.value("process_cpu_seconds_total") > 0
    assert page.value("tollgate_database_connections_max") >= 1
    assert page.value("tollgate_database_connections_in_use") <= page.value("tollgate_database_connections_max")


def test_it_names_nobody(gateway, tenant, client):
    token = expect_json(client.call("POST", "/v1/tokens", json={"uploaded_by": "user-42"}), 201)["token"]
    upload = client.upload(CONTENT, "a-telling-name.png", uploaded_by="user-42")
    link = client.url(upload["id"])["url"]
    expect(call("GET", link), 200)
    ticket = client.start(file_name="another-name.png", file_size=3)
    expect(post_form(ticket, b"abcd"), 400)
    client.delete(ticket["id"])
    expect(call("GET", f"{gateway.url}/v1/{tenant['slug']}/{upload['id']}"), 404)
    text = scrape(gateway.url)
    for secret in (
        tenant["id"], tenant["slug"], upload["id"], upload["key"], ticket["id"], "telling", "another-name", "user-42",
        keys.public_id(client.key), client.key, token, "127.0.0.1", ticket["fields"]["policy"],
    ):  # fmt: skip
        assert secret not in text, secret
    names = re.sub(r" \S+$", "", text, flags=re.MULTILINE)  # the digits of a sum may be as many as an id's
    assert not re.search(r"[0-9a-f]{8}-|[0-9a-f]{16}|x-amz|tg_", names, re.IGNORECASE)
    templates = {route for _, route in served(gateway.log)}
    assert Metrics(text).labels("route") <= templates | {"-"}


def test_nothing_that_a_client_makes_up_becomes_a_label(gateway, client):
    def ask():
        for number in range(5):
            call("GET", f"{gateway.url}/made/up/{number}")
            call(f"BREW{number}", f"{gateway.url}/v1/tenant")
            client.call("GET", f"/v1/uploads/{number}", params={"made": "up"})
            with RawConnection(f"{gateway.url}/v1/tenant") as connection:
                connection.head(f"BOIL{number}", Connection="close")
                connection.answer()

    ask()
    before = metrics(gateway.url)
    ask()
    after = metrics(gateway.url)
    # But for the page itself, which may have been asked for the first time.
    assert not [new for new in after.samples.keys() - before.samples.keys() if ("route", "/metrics") not in new[1]]
    assert not re.search("BREW|BOIL|made", after.text)


def test_it_needs_no_key_and_is_no_line_of_the_log(gateway):
    answer = expect(call("GET", gateway.url + "/metrics"), 200)
    line = wait_for_line(gateway, answer.headers["X-Request-Id"])
    assert '"level":"debug"' in line.lower().replace(" ", ""), line


def wait_for_line(gateway, request_id):
    def found():
        return [line for line in gateway.log.read_text().splitlines() if request_id in line]

    wait_until(found, 5, "the request was logged", gateway.told)
    return found()[0]
