"""The local store judges forms made by boto3 as S3 does.

Source: Amazon S3 API Reference, "POST Policy" (sigv4-HTTPPOSTConstructPolicy) and "POST Object".
"""

import base64
import datetime
import itertools
import json
from xml.etree import ElementTree

import pytest

from support import forms
from support.client import post_form
from support.http import expect, explain
from support.raw import exchange
from support.s3 import botocore_clock, expect_s3_error, s3_client, utc_now

_numbers = itertools.count(1)


@pytest.fixture
def key():
    return f"boto3/{next(_numbers)}.bin"


@pytest.fixture
def signed(s3, dev, key):
    """Makes a form: signed({"field": value}, [conditions]). Without conditions each field gets its own."""

    def make(fields=None, conditions=None, client=s3, for_key=key, bucket=None, **options):
        if conditions is None:
            conditions = [{name: value} for name, value in (fields or {}).items()]
        return client.generate_presigned_post(bucket or dev.bucket, for_key, fields, conditions, **options)

    return make


def test_a_form_of_boto3_is_accepted(s3, dev, signed, key):
    form = signed({"Content-Type": "text/plain"}, [{"Content-Type": "text/plain"}, ["content-length-range", 5, 5]])
    response = expect(post_form(form, b"hello", content_type="text/html"), 204)
    assert response.content == b""
    stored = s3.get_object(Bucket=dev.bucket, Key=key)
    assert stored["Body"].read() == b"hello"
    assert stored["ContentType"] == "text/plain", "the form's type counts, never the part's"
    assert stored["ETag"] == response.headers["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'


def test_a_form_without_a_type_stores_octets(s3, dev, signed, key):
    expect(post_form(signed(), b"hello", content_type="text/html"), 204)
    assert s3.head_object(Bucket=dev.bucket, Key=key)["ContentType"] == "binary/octet-stream"


def test_metadata_and_headers_of_the_form_come_back(s3, dev, signed, key):
    fields = {
        "x-amz-meta-album": "7",
        "Cache-Control": "max-age=60",
        "Content-Disposition": 'attachment; filename="a.txt"',
        "Content-Encoding": "identity",
    }
    expect(post_form(signed(fields), b"hello"), 204)
    head = s3.head_object(Bucket=dev.bucket, Key=key)
    assert head["Metadata"] == {"album": "7"}, head
    assert head["CacheControl"] == "max-age=60" and head["ContentDisposition"] == fields["Content-Disposition"], head


# Sizes


@pytest.mark.parametrize("size", [3, 5])
def test_the_range_includes_both_ends(signed, size):
    expect(post_form(signed(None, [["content-length-range", 3, 5]]), b"x" * size), 204)


def test_a_file_over_the_range_is_too_large(s3, dev, signed, key):
    answer = post_form(signed(None, [["content-length-range", 3, 5]]), b"x" * 6)
    error = expect_s3_error(answer, 400, "EntityTooLarge")
    assert error["MaxSizeAllowed"] == "5" and error["ProposedSize"] == "6", error
    assert_absent(s3, dev, key)


def test_a_file_under_the_range_is_too_small(s3, dev, signed, key):
    error = expect_s3_error(post_form(signed(None, [["content-length-range", 3, 5]]), b"xx"), 400, "EntityTooSmall")
    assert error["MinSizeAllowed"] == "3", error
    assert_absent(s3, dev, key)


def test_two_ranges_must_both_hold(signed):
    form = signed(None, [["content-length-range", 0, 5], ["content-length-range", 3, 9]])
    expect(post_form(form, b"xxxx"), 204)
    expect_s3_error(post_form(form, b"xx"), 400, "EntityTooSmall")
    expect_s3_error(post_form(form, b"x" * 6), 400, "EntityTooLarge")


def assert_absent(s3, dev, key):
    with pytest.raises(s3.exceptions.ClientError) as caught:
        s3.head_object(Bucket=dev.bucket, Key=key)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404, caught.value


# Conditions and coverage


@pytest.mark.parametrize(
    "change, message",
    [
        ({"key": "boto3/another.bin"}, '["eq", "$key", "boto3/'),
        ({"Content-Type": "text/html"}, '["eq", "$Content-Type", "text/plain"]'),
        ({"Content-Type": "TEXT/PLAIN"}, '["eq", "$Content-Type", "text/plain"]'),
        ({"Content-Type": None}, '["eq", "$Content-Type", "text/plain"]'),
        ({"x-amz-meta-a": "c"}, '["eq", "$x-amz-meta-a", "b"]'),
    ],
    ids=["key", "type", "case of the type", "no type", "metadata"],
)
def test_a_field_other_than_signed_fails_its_condition(s3, dev, signed, key, change, message):
    form = signed({"Content-Type": "text/plain", "x-amz-meta-a": "b"})
    fields = {name: value for name, value in (form["fields"] | change).items() if value is not None}
    error = expect_s3_error(post_form(form, b"hello", fields=fields), 403, "AccessDenied")
    assert error["Message"].startswith("Invalid according to Policy: Policy Condition failed: " + message), error
    assert_absent(s3, dev, key)


def test_every_field_needs_a_condition(signed):
    form = signed({"x-amz-meta-a": "b", "x-amz-meta-c": "d"}, [])
    error = expect_s3_error(post_form(form, b"hello"), 403, "AccessDenied")
    assert error["Message"] == "Invalid according to Policy: Extra input fields: x-amz-meta-a,x-amz-meta-c", error


def test_fields_to_ignore_need_no_condition(signed):
    form = signed()
    expect(post_form(form, b"hello", fields=form["fields"] | {"x-ignore-this": "anything"}), 204)


def test_names_ignore_case_and_values_do_not(signed):
    form = signed({"Content-Type": "text/plain"})
    fields = [(name.upper() if name == "Content-Type" else name, value) for name, value in form["fields"].items()]
    expect(post_form(form, b"hello", fields=fields), 204)


def test_a_starts_with_condition_leaves_the_rest_open(s3, dev, signed):
    form = signed(None, [["starts-with", "$x-amz-meta-a", "be"]], for_key="boto3/open/${filename}")
    fields = form["fields"] | {"x-amz-meta-a": "begin"}
    expect(post_form(form, b"hello", filename="C:\\dir\\pic.png", fields=fields), 204)
    assert s3.get_object(Bucket=dev.bucket, Key="boto3/open/pic.png")["Metadata"] == {"a": "begin"}
    expect_s3_error(post_form(form, b"hello", fields=form["fields"] | {"x-amz-meta-a": "end"}), 403, "AccessDenied")
    expect_s3_error(post_form(form, b"hello"), 403, "AccessDenied")


@pytest.mark.parametrize(
    "value, accepted", [("image/png", True), ("image/png,image/gif", True), ("image/png,text/html", False)]
)
def test_starts_with_on_a_type_holds_for_each_of_a_list(signed, value, accepted):
    form = signed(None, [["starts-with", "$Content-Type", "image/"]])
    answer = post_form(form, b"hello", fields=form["fields"] | {"Content-Type": value})
    assert answer.status_code == (204 if accepted else 403), explain(answer)


def test_a_field_given_twice_is_refused(signed):
    form = signed()
    fields = [("key", form["fields"]["key"]), *form["fields"].items()]
    answer = post_form(form, b"hello", fields=fields)
    assert 400 <= answer.status_code < 500 and b"<Error>" in answer.content, explain(answer)


def test_fields_after_the_file_are_ignored(signed):
    form = signed()
    body = forms.before_file(form["fields"]) + b"hello\r\n" + forms.part("x-amz-meta-late", "1") + forms.end()
    answer = exchange(form["url"], body, Content_Type=forms.content_type())
    assert answer.status == 204, answer


# Signatures


def test_an_expired_form_is_refused(signed):
    with botocore_clock(utc_now() - datetime.timedelta(minutes=10)):
        form = signed(ExpiresIn=300)
    error = expect_s3_error(post_form(form, b"hello"), 403, "AccessDenied")
    assert error["Message"] == "Invalid according to Policy: Policy expired.", error


def tampered(form, change):
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    change(policy)
    return form["fields"] | {"policy": base64.b64encode(json.dumps(policy).encode()).decode()}


def test_a_policy_changed_after_signing_is_refused(signed):
    form = signed(None, [["content-length-range", 0, 5]])
    fields = tampered(form, lambda policy: policy["conditions"][0].__setitem__(2, 5000))
    error = expect_s3_error(post_form(form, b"hello", fields=fields), 403, "SignatureDoesNotMatch")
    assert error["StringToSign"] == fields["policy"], error
    assert error["SignatureProvided"] == fields["x-amz-signature"] and error["AWSAccessKeyId"], error


def test_a_policy_cut_short_is_refused(signed):
    form = signed()
    fields = form["fields"] | {"policy": form["fields"]["policy"][:-8]}
    expect_s3_error(post_form(form, b"hello", fields=fields), 403, "SignatureDoesNotMatch")


def test_one_character_of_the_signature_changed_is_refused(signed):
    form = signed()
    signature = form["fields"]["x-amz-signature"]
    fields = form["fields"] | {"x-amz-signature": ("0" if signature[0] != "0" else "1") + signature[1:]}
    expect_s3_error(post_form(form, b"hello", fields=fields), 403, "SignatureDoesNotMatch")


def test_another_secret_is_refused_and_never_shown(dev, signed):
    form = signed(client=s3_client(dev.env, aws_secret_access_key="another-secret-access-key-of-ours"))
    answer = post_form(form, b"hello")
    expect_s3_error(answer, 403, "SignatureDoesNotMatch")
    assert dev.env["TOLLGATE_STORAGE_SECRET_ACCESS_KEY"] not in answer.text


def test_an_unknown_access_key_is_refused(dev, signed):
    form = signed(client=s3_client(dev.env, aws_access_key_id="AKIANOBODYKNOWSTHIS0"))
    expect_s3_error(post_form(form, b"hello"), 403, "InvalidAccessKeyId")


def test_another_region_is_refused(dev, signed):
    form = signed(client=s3_client(dev.env, region_name="mars-north-1"))
    error = expect_s3_error(post_form(form, b"hello"), 400, "InvalidArgument")
    assert "'mars-north-1' is wrong" in error["Message"] and error["Region"] == dev.env["TOLLGATE_STORAGE_REGION"], (
        error
    )


def test_a_form_signed_for_another_bucket_is_refused(dev, signed):
    form = signed(bucket="elsewhere")
    answer = post_form(form | {"url": dev.bucket_url}, b"hello")
    error = expect_s3_error(answer, 403, "AccessDenied")
    assert '["eq", "$bucket", "elsewhere"]' in error["Message"], error
    expect_s3_error(post_form(form, b"hello"), 404, "NoSuchBucket")


def test_a_form_without_a_policy_is_anonymous_and_denied(dev, key):
    expect_s3_error(post_form({"url": dev.bucket_url}, b"hello", fields={"key": key}), 403, "AccessDenied")


@pytest.mark.parametrize(
    "name", ["policy", "x-amz-signature", "x-amz-credential", "x-amz-date", "x-amz-algorithm", "key"]
)
def test_a_missing_field_is_named(signed, name):
    form = signed()
    fields = {field: value for field, value in form["fields"].items() if field != name}
    error = expect_s3_error(post_form(form, b"hello", fields=fields), 400, "InvalidArgument")
    assert error["Message"].startswith("Bucket POST must contain a field named '"), error
    assert error["ArgumentName"].lower() == name and name in error["Message"].lower(), error


def test_a_form_without_a_file_is_refused(signed):
    form = signed()
    body = b"".join(forms.part(name, value) for name, value in form["fields"].items()) + forms.end()
    answer = exchange(form["url"], body, Content_Type=forms.content_type())
    assert answer.status == 400 and b"POST requires exactly one file upload per request." in answer.body, answer


# Success


def test_success_action_status_201_tells_where_the_object_is(dev, signed, key):
    response = expect(post_form(signed({"success_action_status": "201"}), b"hello"), 201)
    root = ElementTree.fromstring(response.content)
    told = {child.tag: child.text for child in root}
    assert root.tag == "PostResponse" and told["Bucket"] == dev.bucket and told["Key"] == key, response.text
    assert told["ETag"] == '"5d41402abc4b2a76b9719d911017c592"' and told["Location"], response.text


@pytest.mark.parametrize("asked, status", [("200", 200), ("204", 204), ("404", 204)])
def test_other_values_of_success_action_status(signed, asked, status):
    expect(post_form(signed({"success_action_status": asked}), b"hello"), status)


def test_a_redirect_carries_bucket_key_and_etag(dev, signed, key):
    form = signed({"success_action_redirect": "https://app.example/done?session=7"})
    location = expect(post_form(form, b"hello"), 303).headers["Location"]
    assert location.startswith("https://app.example/done?session=7&"), location
    assert f"bucket={dev.bucket}" in location and "key=boto3" in location, location
    assert "etag=%225d41402abc4b2a76b9719d911017c592%22" in location, location
