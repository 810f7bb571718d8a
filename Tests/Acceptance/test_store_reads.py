"""boto3 reads the local store: by presigned URL and by a signed header."""

import datetime

import pytest
from botocore.exceptions import ClientError

from support import pictures
from support.client import post_form
from support.http import call, expect
from support.s3 import botocore_clock, expect_s3_error, s3_client, utc_now

TYPE = "image/png"


@pytest.fixture(scope="module")
def picture():
    return pictures.png(90, 90)


@pytest.fixture(scope="module")
def key(api, picture):
    return api.upload(picture, "a.png")["key"]


def refused(operation, code, status):
    with pytest.raises(ClientError) as caught:
        operation()
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status, response
    if code:
        assert response["Error"]["Code"] == code, response


def test_an_object_is_read_by_a_signed_header(s3, dev, key, picture):
    answer = s3.get_object(Bucket=dev.bucket, Key=key)
    assert answer["Body"].read() == picture
    assert answer["ContentType"] == TYPE and answer["ContentLength"] == len(picture), answer


def test_a_head_tells_the_same_without_the_bytes(s3, dev, key, picture):
    head = s3.head_object(Bucket=dev.bucket, Key=key)
    got = s3.get_object(Bucket=dev.bucket, Key=key)
    for name in ("ETag", "ContentType", "ContentLength", "LastModified"):
        assert head[name] == got[name], name


def test_a_range_is_read_by_a_signed_header(s3, dev, key, picture):
    answer = s3.get_object(Bucket=dev.bucket, Key=key, Range="bytes=10-19")
    assert answer["Body"].read() == picture[10:20]
    assert answer["ContentRange"] == f"bytes 10-19/{len(picture)}", answer
    refused(lambda: s3.get_object(Bucket=dev.bucket, Key=key, Range=f"bytes={len(picture)}-"), "InvalidRange", 416)


def test_conditions_hold(s3, dev, key):
    etag = s3.head_object(Bucket=dev.bucket, Key=key)["ETag"]
    refused(lambda: s3.get_object(Bucket=dev.bucket, Key=key, IfNoneMatch=etag), None, 304)
    refused(lambda: s3.get_object(Bucket=dev.bucket, Key=key, IfMatch='"other"'), "PreconditionFailed", 412)
    s3.get_object(Bucket=dev.bucket, Key=key, IfMatch=etag)


def test_presigned_urls_of_boto3_open_the_object(s3, dev, key, picture):
    parameters = {"Bucket": dev.bucket, "Key": key}
    assert expect(call("GET", s3.generate_presigned_url("get_object", parameters)), 200).content == picture
    head = expect(call("HEAD", s3.generate_presigned_url("head_object", parameters)), 200)
    assert int(head.headers["Content-Length"]) == len(picture) and head.content == b"", head.headers


def test_a_presigned_url_may_set_type_and_disposition(s3, dev, key):
    parameters = {
        "Bucket": dev.bucket,
        "Key": key,
        "ResponseContentType": "text/plain",
        "ResponseContentDisposition": 'attachment; filename="a b.txt"',
    }
    response = expect(call("GET", s3.generate_presigned_url("get_object", parameters)), 200)
    assert response.headers["Content-Type"] == "text/plain", response.headers
    assert response.headers["Content-Disposition"] == parameters["ResponseContentDisposition"], response.headers


@pytest.mark.parametrize(
    "name", ["plain.txt", "two words.txt", "plus+and&and=.txt", "ünïcode 🍞.txt", "per%20cent.txt", "tilde~(1)'*!.txt"]
)
def test_keys_of_every_spelling_are_signed_alike(s3, dev, name):
    key = f"boto3/names/{name}"
    expect(post_form(s3.generate_presigned_post(dev.bucket, key), name.encode()), 204)
    assert s3.get_object(Bucket=dev.bucket, Key=key)["Body"].read() == name.encode()
    link = s3.generate_presigned_url("get_object", {"Bucket": dev.bucket, "Key": key})
    assert expect(call("GET", link), 200).content == name.encode()


def test_an_unknown_key_is_no_such_key(s3, dev):
    refused(lambda: s3.get_object(Bucket=dev.bucket, Key="no/such.png"), "NoSuchKey", 404)
    refused(lambda: s3.head_object(Bucket=dev.bucket, Key="no/such.png"), None, 404)
    link = s3.generate_presigned_url("get_object", {"Bucket": dev.bucket, "Key": "no/such.png"})
    error = expect_s3_error(call("GET", link), 404, "NoSuchKey")
    assert error["Key"] == "no/such.png", error


def test_a_wrong_secret_opens_nothing(dev, key):
    wrong = s3_client(dev.env, aws_secret_access_key="another-secret-access-key-of-ours")
    refused(lambda: wrong.get_object(Bucket=dev.bucket, Key=key), "SignatureDoesNotMatch", 403)
    refused(lambda: wrong.head_object(Bucket=dev.bucket, Key=key), None, 403)
    refused(lambda: wrong.get_object(Bucket=dev.bucket, Key="no/such.png"), "SignatureDoesNotMatch", 403)
    link = wrong.generate_presigned_url("get_object", {"Bucket": dev.bucket, "Key": key})
    expect_s3_error(call("GET", link), 403, "SignatureDoesNotMatch")


def test_an_unknown_access_key_opens_nothing(dev, key):
    nobody = s3_client(dev.env, aws_access_key_id="AKIANOBODYKNOWSTHIS0")
    refused(lambda: nobody.get_object(Bucket=dev.bucket, Key=key), "InvalidAccessKeyId", 403)
    link = nobody.generate_presigned_url("get_object", {"Bucket": dev.bucket, "Key": key})
    expect_s3_error(call("GET", link), 403, "InvalidAccessKeyId")


def test_another_bucket_is_no_such_bucket(s3, key):
    refused(lambda: s3.get_object(Bucket="elsewhere", Key=key), "NoSuchBucket", 404)


def test_a_late_url_has_expired(s3, dev, key):
    with botocore_clock(utc_now() - datetime.timedelta(minutes=10)):
        link = s3.generate_presigned_url("get_object", {"Bucket": dev.bucket, "Key": key}, ExpiresIn=300)
    error = expect_s3_error(call("GET", link), 403, "AccessDenied")
    assert error["Message"] == "Request has expired", error


def test_a_header_signed_long_ago_is_refused(s3, dev, key):
    with botocore_clock(utc_now() - datetime.timedelta(minutes=16)):
        refused(lambda: s3.get_object(Bucket=dev.bucket, Key=key), "RequestTimeTooSkewed", 403)


def test_a_url_may_not_live_longer_than_a_week(s3, dev, key):
    link = s3.generate_presigned_url("get_object", {"Bucket": dev.bucket, "Key": key}, ExpiresIn=604801)
    expect_s3_error(call("GET", link), 400, "AuthorizationQueryParametersError")


def test_an_api_key_is_not_a_signature(dev, acme, key):
    response = call("GET", f"{dev.bucket_url}/{key}", headers={"Authorization": f"Bearer {acme.key}"})
    assert response.status_code in (400, 403) and b"<Error>" in response.content, response.text
    assert acme.key not in response.text


def test_the_store_has_no_other_doors(s3, dev, key):
    for operation in (
        lambda: s3.list_objects_v2(Bucket=dev.bucket),
        lambda: s3.list_buckets(),
        lambda: s3.put_object(Bucket=dev.bucket, Key="boto3/put.txt", Body=b"x"),
        lambda: s3.delete_object(Bucket=dev.bucket, Key=key),
    ):
        with pytest.raises(ClientError) as caught:
            operation()
        assert 400 <= caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 502, caught.value
    s3.head_object(Bucket=dev.bucket, Key=key)
