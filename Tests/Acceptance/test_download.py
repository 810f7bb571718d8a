"""URLs of finished uploads: presigned GETs that behave as S3's."""

import hashlib
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from support import pictures
from support.http import call, expect, expect_problem
from support.s3 import expect_s3_error

pytestmark = pytest.mark.every_store


@pytest.fixture(scope="module")
def picture():
    return pictures.png(80, 80)


@pytest.fixture(scope="module")
def upload(api, picture):
    return api.upload(picture, 'Größe "x"; a=b.png')


@pytest.fixture(scope="module")
def link(api, upload):
    return api.url(upload["id"])["url"]


def get(link, **headers):
    return call("GET", link, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_the_bytes_come_back_identical_with_their_type_and_etag(link, picture):
    response = expect(get(link), 200)
    assert response.content == picture
    assert response.headers["Content-Type"] == "image/png"
    assert int(response.headers["Content-Length"]) == len(picture)
    assert response.headers["ETag"] == f'"{hashlib.md5(picture).hexdigest()}"'
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Last-Modified"].endswith("GMT")


def test_uploads_show_the_stores_etag(upload, picture):
    assert upload["etag"].strip('"') == hashlib.md5(picture).hexdigest()


@pytest.mark.local_only(reason="the embedded store shares the gateway's origin, an S3 store has its own")
def test_content_cannot_act_on_the_gateways_origin(link):
    response = expect(get(link), 200)
    assert response.headers["X-Content-Type-Options"].lower() == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "allow-scripts" not in response.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("disposition", ["inline", "attachment"])
def test_a_disposition_names_the_file_for_every_browser(api, upload, disposition):
    response = expect(api.download(upload["id"], disposition=disposition), 200)
    header = response.headers["Content-Disposition"]
    assert header.startswith(disposition), header
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22x%22%3B%20a%3Db.png" in header, f"RFC 6266, RFC 8187: {header}"


def test_a_url_lives_as_long_as_it_was_asked_to(api, upload):
    answer = api.url(upload["id"], expires_in=120)
    left = (datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)).total_seconds()
    assert 110 < left <= 121, answer
    assert parse_qs(urlsplit(answer["url"]).query)["X-Amz-Expires"] == ["120"], answer


@pytest.mark.parametrize(
    "query", ["disposition=evil", "expires_in=0", "expires_in=-5", "expires_in=soon", "expires_in=604801"]
)
def test_a_bad_query_is_refused(api, upload, query):
    expect_problem(api.call("GET", f"/v1/uploads/{upload['id']}/url?{query}"), 400, "malformed-request")


@pytest.mark.parametrize(
    "asked, first, last",
    [("bytes=0-9", 0, 9), ("bytes=10-", 10, -1), ("bytes=-5", -5, -1), ("bytes=100-99999999", 100, -1)],
)
def test_a_range_is_served(link, picture, asked, first, last):
    size = len(picture)
    first, last = first % size, last % size
    response = expect(get(link, Range=asked), 206)
    assert response.content == picture[first : last + 1]
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
    assert response.headers["Content-Type"] == "image/png"


def test_a_range_beyond_the_end_is_refused(link, picture):
    expect_s3_error(get(link, Range=f"bytes={len(picture)}-"), 416, "InvalidRange")


@pytest.mark.local_only(reason="SeaweedFS and Ceph answer 416 where S3 ignores the header")
@pytest.mark.parametrize("asked", ["bytes=9-0", "lines=1-2", "bytes=x-y", "bytes="])
def test_a_range_that_means_nothing_is_ignored(link, picture, asked):
    assert expect(get(link, Range=asked), 200).content == picture


@pytest.mark.local_only(reason="Ceph 16 sends no ETag with 304")
def test_conditions_hold(link, picture):
    etag = f'"{hashlib.md5(picture).hexdigest()}"'
    unchanged = expect(get(link, If_None_Match=etag), 304)
    assert unchanged.content == b"" and unchanged.headers["ETag"] == etag
    assert expect(get(link, If_None_Match='"other"'), 200).content == picture
    assert expect(get(link, If_Match=etag), 200).content == picture
    expect_s3_error(get(link, If_Match='"other"'), 412, "PreconditionFailed")
    since = expect(get(link), 200).headers["Last-Modified"]
    expect(get(link, If_Modified_Since=since), 304)
    expect(get(link, If_Unmodified_Since="Sat, 01 Jan 2000 00:00:00 GMT"), 412)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link: link.replace("X-Amz-Signature=", "X-Amz-Signature=0"),
        lambda link: link.replace("X-Amz-Expires=", "X-Amz-Expires=1"),
        lambda link: link + "&response-content-type=text%2Fhtml",
        lambda link: link.replace(".png?", ".pnh?"),
    ],
    ids=["signature", "expiry", "added parameter", "key"],
)
def test_a_changed_url_opens_nothing(link, spoil):
    expect(get(link), 200)
    assert spoil(link) != link
    expect(get(spoil(link)), (400, 403))


def test_a_url_without_a_signature_opens_nothing(link):
    expect_s3_error(get(link.partition("?")[0]), 403, "AccessDenied")


def test_a_head_needs_a_signature_of_its_own(link):
    """The method is a part of what is signed: S3 refuses a HEAD with a GET's signature."""
    expect(call("HEAD", link), 403)
