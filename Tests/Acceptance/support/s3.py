"""boto3 as a client of the local store, and the store's XML errors."""

import base64
import datetime
import json
from contextlib import contextmanager
from unittest import mock
from xml.etree import ElementTree

import boto3
from botocore.config import Config

from .http import expect, explain
from .secrets import BOOK

ISO_BASIC = "%Y%m%dT%H%M%SZ"


def s3_client(settings, **overrides):
    """A client with the store's own key pair, path style and signature version 4."""
    options = {
        "endpoint_url": settings["TOLLGATE_STORAGE_ENDPOINT"],
        "region_name": settings["TOLLGATE_STORAGE_REGION"],
        "aws_access_key_id": settings["TOLLGATE_STORAGE_ACCESS_KEY_ID"],
        "aws_secret_access_key": settings["TOLLGATE_STORAGE_SECRET_ACCESS_KEY"],
    } | overrides
    BOOK.note("the store's secret access key", options["aws_secret_access_key"])
    return boto3.session.Session().client(
        "s3",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        **options,
    )


@contextmanager
def botocore_clock(moment):
    """botocore signs as if it were `moment` (naive UTC)."""

    def frozen(remove_tzinfo=True):
        return moment if remove_tzinfo else moment.replace(tzinfo=datetime.UTC)

    with (
        mock.patch("botocore.auth.get_current_datetime", frozen),
        mock.patch("botocore.signers.get_current_datetime", frozen),
    ):
        yield


def utc_now():
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def policy_document(fields):
    return json.loads(base64.b64decode(fields["policy"]))


def expect_s3_error(response, status, code):
    """S3's `<Error>`; hands its elements back as a dict of texts."""
    expect(response, status)
    told = explain(response)
    assert "xml" in response.headers.get("Content-Type", ""), f"an S3 error is XML\n{told}"
    try:
        root = ElementTree.fromstring(response.content)
    except ElementTree.ParseError as error:
        raise AssertionError(f"the body is not XML: {error}\n{told}") from None
    assert root.tag == "Error", told
    elements = {child.tag: child.text or "" for child in root}
    codes = code if isinstance(code, (tuple, set)) else (code,)
    assert elements.get("Code") in codes, f"expected the code {code}\n{told}"
    # Ceph's errors have none.
    assert elements.get("Message") or "/storage/" not in response.url, f"an S3 error has a message\n{told}"
    return elements
