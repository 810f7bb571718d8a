"""What no polite client sends: a clear answer or a closed connection, nothing kept, and the gateway goes on."""

import json

import pytest

from support import forms
from support.client import post_form
from support.http import expect_problem
from support.processes import wait_until
from support.raw import RawConnection, exchange


@pytest.fixture(autouse=True)
def goes_on(dev, api):
    """After every test the same process still serves."""
    pid = dev.pid
    yield
    assert dev.running() and dev.pid == pid, dev.told()
    api.list(limit=1)


def expect_raw_problem(answer, status, code):
    assert answer is not None, f"the connection was closed without the answer {status} {code}"
    assert answer.status == status, f"expected {status}\n{answer}"
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer
    problem = json.loads(answer.body)
    codes = code if isinstance(code, tuple) else (code,)
    assert problem["code"] in codes, answer
    assert answer.headers["X-Request-Id"] == problem["request_id"], answer


def expect_raw_s3(answer, status, code):
    assert answer is not None, f"the connection was closed without the answer {status} {code}"
    codes = code if isinstance(code, tuple) else (code,)
    assert answer.status == status and any(f"<Code>{one}</Code>" in answer.body.decode() for one in codes), (
        f"expected {status} {code}\n{answer}"
    )


@pytest.fixture
def authorized(acme):
    return {"Authorization": f"Bearer {acme.key}"}


@pytest.fixture
def ticket(api):
    return api.start(file_name="a.bin", file_size=1_000_000)


# JSON bodies


def test_a_body_over_64_kibibytes_is_too_large(dev, api):
    body = json.dumps({"file_name": "a.png", "padding": "x" * 65536})
    response = api.call("POST", "/v1/uploads", data=body, headers={"Content-Type": "application/json"})
    expect_problem(response, 413, "request-too-large")


def test_a_chunked_body_over_64_kibibytes_is_too_large(api):
    def chunks():
        yield b'{"file_name": "'
        for _ in range(100):
            yield b"x" * 1000
        yield b'"}'

    response = api.call("POST", "/v1/uploads", data=chunks(), headers={"Content-Type": "application/json"})
    expect_problem(response, 413, "request-too-large")


def test_a_body_that_only_claims_to_be_huge_is_answered_at_once(dev, authorized):
    with RawConnection(dev.url + "/v1/uploads", timeout=10) as connection:
        connection.head(Content_Type="application/json", Content_Length=10**12, **authorized)
        connection.send(b"{")
        expect_raw_problem(connection.answer(), 413, "request-too-large")


def test_a_body_that_breaks_off_changes_nothing(dev, tenant):
    owner = tenant()
    with RawConnection(dev.url + "/v1/uploads") as connection:
        connection.head(Content_Type="application/json", Content_Length=100, Authorization=f"Bearer {owner.key}")
        connection.send(b'{"file_name": "a.png", "file_size": 10}')
    assert owner.client.list()["data"] == []
    assert owner.counters.reserved_bytes == 0


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_no_method_is_confused_by_a_body(dev, authorized, method):
    answer = exchange(dev.url + "/v1/nothing", b"x" * 1000, method, Content_Type="text/plain", **authorized)
    assert answer is None or 200 <= answer.status < 500, answer


# Heads


def test_a_flood_of_headers_is_cut_off(dev):
    with RawConnection(dev.url + "/v1/uploads") as connection:
        connection.send(b"GET /v1/uploads HTTP/1.1\r\nHost: x\r\n")
        for number in range(20_000):
            if not connection.send(f"X-Flood-{number}: {'y' * 100}\r\n".encode()):
                break
        connection.send(b"\r\n")
        answer = connection.answer()
    assert answer is None or answer.status in (400, 413, 431), answer


def test_one_endless_header_is_cut_off(dev):
    with RawConnection(dev.url + "/v1/uploads") as connection:
        connection.send(b"GET /v1/uploads HTTP/1.1\r\nHost: x\r\nX-Long: ")
        for _ in range(100):
            if not connection.send(b"y" * 65536):
                break
        connection.send(b"\r\n\r\n")
        answer = connection.answer()
    assert answer is None or answer.status in (400, 413, 431), answer


def test_an_endless_path_is_cut_off(dev):
    with RawConnection(dev.url) as connection:
        connection.send(b"GET /" + b"x" * 2_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = connection.answer()
    assert answer is None or answer.status in (400, 404, 413, 414, 431), answer


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /v1/uploads HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/uploads HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /v1/uploads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/uploads HTTP/1.1\r\nHost: x\r\nA\0B: c\r\n\r\n",
        b"BREW /v1/uploads HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["TLS", "words", "HTTP/9.9", "negative length", "two lengths", "bad chunk", "bad name", "unknown method"],
)
def test_what_is_not_http_is_refused(dev, sent):
    with RawConnection(dev.url) as connection:
        connection.send(sent)
        connection.socket.shutdown(1)
        answer = connection.answer()
    assert answer is None or 400 <= answer.status < 500 or answer.status in (501, 505), answer


# Forms at the store


def post_raw(ticket, body, kind=None):
    return exchange(ticket["url"], body, Content_Type=kind or forms.content_type())


def test_a_form_without_its_last_boundary_is_malformed(api, ticket):
    body = forms.before_file(ticket["fields"]) + b"x" * 1_000_000
    expect_raw_s3(post_raw(ticket, body), 400, "MalformedPOSTRequest")
    assert api.try_finish(ticket["id"]).json()["code"] == "object-missing"


def test_a_form_cut_in_its_fields_is_malformed(ticket):
    expect_raw_s3(
        post_raw(ticket, forms.before_file(ticket["fields"])[:300]), 400, ("MalformedPOSTRequest", "InvalidArgument")
    )


@pytest.mark.parametrize(
    "body", [b"", b"x" * 1_000_000, b"--other\r\n" * 10_000], ids=["empty", "no boundary", "another boundary"]
)
def test_a_boundary_that_never_comes_is_malformed(ticket, body):
    codes = ("MalformedPOSTRequest", "MaxPostPreDataLengthExceeded", "InvalidArgument")
    expect_raw_s3(post_raw(ticket, body), 400, codes)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "b" * 71]
)
def test_a_form_needs_a_usable_boundary(ticket, kind):
    expect_raw_s3(post_raw(ticket, forms.form(ticket["fields"], b"x" * 1_000_000), kind), 400, "MalformedPOSTRequest")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/mixed; boundary=x"])
def test_what_is_no_form_fails_a_precondition(ticket, kind):
    expect_raw_s3(post_raw(ticket, b"key=value", kind), 412, "PreconditionFailed")


def test_ten_thousand_fields_are_too_many(api, ticket):
    many = [(f"x-ignore-{number}", "v") for number in range(10_000)]
    body = forms.form([*many, *ticket["fields"].items()], b"x" * 1_000_000)
    expect_raw_s3(post_raw(ticket, body), 400, "MaxPostPreDataLengthExceeded")
    assert api.try_finish(ticket["id"]).json()["code"] == "object-missing"


def test_an_endless_part_header_is_refused(ticket):
    body = f"--{forms.BOUNDARY}\r\nX-Long: {'y' * 1_000_000}".encode()
    expect_raw_s3(post_raw(ticket, body), 400, ("MalformedPOSTRequest", "MaxPostPreDataLengthExceeded"))


def test_a_size_over_the_limit_stops_the_request_early(ticket):
    with RawConnection(ticket["url"]) as connection:
        connection.head(Content_Type=forms.content_type(), Content_Length=10**10)
        connection.send(forms.before_file(ticket["fields"]))
        megabyte = b"x" * 2**20
        for _ in range(200):
            if connection.has_answer() or not connection.send(megabyte):
                break
        answer = connection.answer()
    assert connection.sent < 100 * 2**20, f"it took {connection.sent} bytes of a file that may have 1,000,000"
    if answer is not None:  # a reset may overtake the answer while we still send
        expect_raw_s3(answer, 400, "EntityTooLarge")


def test_a_client_that_goes_away_mid_file_leaves_nothing(dev, api, ticket):
    marker = b"gone-away-" * 100
    with RawConnection(ticket["url"]) as connection:
        body = forms.before_file(ticket["fields"]) + marker
        connection.head(Content_Type=forms.content_type(), Content_Length=len(body) + 999_000)
        connection.send(body + b"x" * 300_000)
    wait_until(
        lambda: not dev.files_holding(marker), 10, "the half file was removed", lambda: str(dev.files_holding(marker))
    )
    assert api.try_finish(ticket["id"]).json()["code"] == "object-missing"


def test_a_form_for_another_bucket_finds_none(dev, ticket):
    elsewhere = ticket | {"url": ticket["url"].replace("/" + dev.bucket, "/elsewhere")}
    answer = post_raw(elsewhere, forms.form(ticket["fields"], b"x" * 1_000_000))
    assert answer.status in (403, 404), answer
    assert b"<Code>NoSuchBucket</Code>" in answer.body or b"<Code>AccessDenied</Code>" in answer.body, answer


@pytest.mark.parametrize(
    "path", ["/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "/../../etc/passwd", "/a/../../../etc/passwd"]
)
def test_no_path_leads_out_of_the_bucket(dev, path):
    answer = exchange(dev.bucket_url + path, b"", "GET")
    assert answer is None or answer.status in (400, 403, 404), answer
    assert answer is None or b"root:" not in answer.body, answer


@pytest.mark.parametrize(
    "key", ["../escaped", "a/../../escaped", "/escaped", "a//b", "./a", "a/./b", "x" * 1025, "nul\0", "a" * 300 + "/b"]
)
def test_no_key_leads_out_of_the_bucket(dev, s3, key):
    """The store owner may sign any key; it is an object of that exact name, or it is refused."""
    marker = f"key-{len(key)}-{hash(key)}".encode()
    form = s3.generate_presigned_post(dev.bucket, key)
    answer = post_form(form, marker)
    assert answer.status_code in (204, 400), answer.text
    outside = [path for path in dev.data.parent.rglob("*escaped*") if f"/{dev.bucket}/" not in str(path)]
    assert not outside, outside
    if answer.status_code == 204:
        assert s3.get_object(Bucket=dev.bucket, Key=key)["Body"].read() == marker


# Forms at the gateway


def post_files(dev, authorized, body, kind=None, path="/v1/files"):
    return exchange(dev.url + path, body, Content_Type=kind or forms.content_type(), **authorized)


@pytest.mark.parametrize("path", ["/v1/files", "/api/upload/standard/"])
@pytest.mark.parametrize(
    "body",
    [
        forms.before_file({"file_name": "a.png"}) + b"x" * 100_000,
        forms.before_file({"file_name": "a.png"})[:100],
        b"",
        b"x" * 200_000,
        forms.part("file_name", "a.png"),
    ],
    ids=["no end", "cut head", "empty", "no boundary", "no file"],
)
def test_a_broken_form_at_the_gateway_is_a_problem(dev, authorized, path, body):
    answer = post_files(dev, authorized, body, path=path)
    assert answer is not None, "the connection was closed without an answer"
    assert answer.status in (400, 422), answer
    expect_raw_problem(answer, answer.status, ("malformed-request", "invalid-request"))


def test_ten_thousand_fields_at_the_gateway_are_a_problem(dev, authorized):
    many = [(f"field-{number}", "v") for number in range(10_000)]
    answer = post_files(dev, authorized, forms.form(many, b"content"))
    assert answer is not None and answer.status in (400, 413, 422), answer
    expect_raw_problem(answer, answer.status, ("malformed-request", "request-too-large", "invalid-request"))


def test_a_huge_field_at_the_gateway_is_a_problem(dev, authorized):
    answer = post_files(dev, authorized, forms.form({"file_name": "n" * 5_000_000}, b"content"))
    if answer is not None:  # cut off while we still send
        expect_raw_problem(answer, answer.status, ("malformed-request", "request-too-large", "invalid-request"))


def test_a_client_that_goes_away_leaves_nothing_at_the_gateway(dev, tenant):
    owner = tenant()
    marker = b"went-away-" * 100
    with RawConnection(dev.url + "/v1/files") as connection:
        body = forms.before_file({}, "a.png") + marker + b"x" * 300_000
        connection.head(
            Content_Type=forms.content_type(), Content_Length=len(body) + 10**6, Authorization=f"Bearer {owner.key}"
        )
        connection.send(body)
    wait_until(
        lambda: not dev.files_holding(marker), 10, "the half file was removed", lambda: str(dev.files_holding(marker))
    )
    assert owner.client.list(status="finished")["data"] == []
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects) == (0, 0), counters
