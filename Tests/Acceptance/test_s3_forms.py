"""Real S3 engines hold a form to all that the gateway signed; what comes past it, the finish refuses."""

import pytest

from support.client import post_form
from support.http import expect, expect_problem

pytestmark = pytest.mark.every_store


def stored(s3, dev, key):
    """The object's bytes, or None."""
    try:
        return s3.get_object(Bucket=dev.bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None


@pytest.fixture
def ticket(api):
    return api.start(file_name="a.png", file_type="image/png", file_size=5)


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


SIGNATURE = ["policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda fields: without(fields, "Content-Type"),
        lambda fields: fields | {"key": fields["key"] + "x"},
        lambda fields: fields | {"key": fields["key"].replace("/", "/x", 1)},
        lambda fields: fields | {"policy": fields["policy"][:-8] + fields["policy"][-4:]},
        lambda fields: fields | {"x-amz-signature": "0" * 64},
        lambda fields: fields | {"x-amz-date": "20200101T000000Z"},
        lambda fields: without(fields, *SIGNATURE),
    ],
    ids=["no type", "longer key", "other key", "cut policy", "other signature", "other date", "no signature"],
)
def test_another_form_than_the_signed_one_is_refused(dev, s3, api, ticket, spoil):
    fields = spoil(ticket["fields"])
    assert fields != ticket["fields"]
    # Engines call a form without a signature by different names.
    expect(post_form(ticket, b"12345", fields=fields), (400, 403))
    for key in {ticket["key"], fields["key"]}:
        assert stored(s3, dev, key) is None
    expect_problem(api.try_finish(ticket["id"]), 409, "object-missing")


def test_a_field_that_the_policy_does_not_cover_is_refused(dev, s3, ticket):
    if not dev.store.has_coverage:
        pytest.skip("SeaweedFS 4.48 takes fields that no condition covers")
    expect(post_form(ticket, b"12345", fields=ticket["fields"] | {"x-amz-meta-surprise": "1"}), 403)
    assert stored(s3, dev, ticket["key"]) is None


@pytest.mark.s3_only(reason="the embedded store takes objects by forms alone")
@pytest.mark.parametrize(
    "content, content_type, reason",
    [
        (b"1234", "image/png", "size-mismatch"),
        (b"123456", "image/png", "size-mismatch"),
        (b"12345", "image/gif", "type-mismatch"),
        (b"<html", "image/png", "content-mismatch"),
    ],
)
def test_an_object_that_came_past_the_form_is_refused_and_removed(dev, s3, tenant, content, content_type, reason):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_type="image/png", file_size=5)
    s3.put_object(Bucket=dev.bucket, Key=ticket["key"], Body=content, ContentType=content_type)
    problem = expect_problem(owner.client.try_finish(ticket["id"]), 422, "upload-rejected")
    assert problem["reason"] == reason, problem
    assert stored(s3, dev, ticket["key"]) is None
    assert owner.counters.used_bytes == 0


@pytest.mark.s3_only(reason="the embedded store takes objects by forms alone")
def test_an_object_under_another_key_is_nobody_s(dev, s3, api, ticket):
    beside = ticket["key"] + "x"
    s3.put_object(Bucket=dev.bucket, Key=beside, Body=b"12345", ContentType="image/png")
    expect_problem(api.try_finish(ticket["id"]), 409, "object-missing")
    s3.delete_object(Bucket=dev.bucket, Key=beside)
