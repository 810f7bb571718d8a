"""The gateway's ticket and botocore's form for the same input are the same, byte for byte."""

import base64
import datetime
import hashlib
import hmac

import pytest
from botocore.awsrequest import prepare_request_dict
from botocore.signers import S3PostPresigner

from support.s3 import ISO_BASIC, botocore_clock, policy_document, s3_client

STARTS = [
    {"file_name": "cool_logo.png", "file_type": "image/png", "file_size": 48213},
    {"file_name": "undeclared.jpg"},
    {
        "file_name": "checked.png",
        "file_size": 5,
        "checksum_sha256": base64.b64encode(hashlib.sha256(b"12345").digest()).decode(),
    },
    {"file_name": "diagram.svg", "file_type": "image/svg+xml", "file_size": 1, "expires_in": 60},
]


@pytest.mark.parametrize("members", STARTS, ids=lambda members: members["file_name"])
def test_botocores_policy_has_the_same_bytes_and_the_same_signature(dev, s3, api, members):
    ticket = api.start(**members)
    fields = ticket["fields"]
    policy = policy_document(fields)
    signed_at = datetime.datetime.strptime(fields["x-amz-date"], ISO_BASIC)
    expires_at = datetime.datetime.fromisoformat(policy["expiration"]).replace(tzinfo=None)

    added_by_botocore = ("x-amz-algorithm", "x-amz-credential", "x-amz-date")
    own = [
        condition
        for condition in policy["conditions"]
        if not (isinstance(condition, dict) and set(condition) & set(added_by_botocore))
    ]
    form = {
        name: value for name, value in fields.items() if name not in (*added_by_botocore, "policy", "x-amz-signature")
    }

    request = {
        "method": "POST",
        "url_path": "/" + dev.bucket,
        "query_string": "",
        "headers": {},
        "body": b"",
        "context": {},
    }
    prepare_request_dict(request, dev.env["TOLLGATE_STORAGE_ENDPOINT"])
    with botocore_clock(signed_at):
        made = S3PostPresigner(s3._request_signer).generate_presigned_post(
            request, form, own, round((expires_at - signed_at).total_seconds()), dev.env["TOLLGATE_STORAGE_REGION"]
        )
    theirs, ours = base64.b64decode(made["fields"]["policy"]), base64.b64decode(fields["policy"])
    assert ours == theirs, f"gateway:  {ours}\nbotocore: {theirs}"
    assert made["fields"] == fields
    assert made["url"].rstrip("/") == ticket["url"].rstrip("/")


@pytest.mark.parametrize("members", STARTS, ids=lambda members: members["file_name"])
def test_the_signature_is_what_the_specification_says(dev, api, members):
    """AWS Signature Version 4 by hand, from the standard library alone."""
    fields = api.start(**members)["fields"]
    access_key, day, region, service, end = fields["x-amz-credential"].split("/")
    assert (access_key, region) == (dev.env["TOLLGATE_STORAGE_ACCESS_KEY_ID"], dev.env["TOLLGATE_STORAGE_REGION"])
    assert (service, end) == ("s3", "aws4_request") and fields["x-amz-date"].startswith(day), fields
    key = ("AWS4" + dev.env["TOLLGATE_STORAGE_SECRET_ACCESS_KEY"]).encode()
    for step in (day, region, service, end, fields["policy"]):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    assert fields["x-amz-signature"] == key.hex()


def test_botocore_is_the_one_of_the_published_vector():
    """The reference itself is checked: the vector of the design, with AWS's example keys."""
    example = {
        "TOLLGATE_STORAGE_ENDPOINT": None,
        "TOLLGATE_STORAGE_REGION": "us-east-1",
        "TOLLGATE_STORAGE_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "TOLLGATE_STORAGE_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    with botocore_clock(datetime.datetime(2015, 12, 29)):
        form = s3_client(example).generate_presigned_post("sigv4examplebucket", "user/user1/photo.jpg")
    assert form["fields"]["x-amz-signature"] == "3364624b39010d9b06f5d9b8c9a18a6e478d261c048159c92f2fd6fa885f14e6"
