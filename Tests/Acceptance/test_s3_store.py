"""The gateway over real S3 engines, where scripts/test or a person has started them."""

import hashlib
import os
import random
from base64 import b64encode
from pathlib import Path

import pytest

from support.http import call, expect, expect_json, expect_problem
from support.pictures import png
from support.s3 import s3_client

ENGINES = ["SEAWEEDFS", "RADOSGW"]


def _engine(name):
    """What the engine's file says: S3_ENDPOINT, S3_BUCKET ..."""
    path = os.environ.get(f"TOLLGATE_TEST_{name}")
    if not path:
        pytest.skip(f"TOLLGATE_TEST_{name} names no engine")
    return dict(line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)


@pytest.fixture(params=ENGINES)
def over_s3(request, fresh_dev):
    engine = _engine(request.param)
    return fresh_dev(
        TOLLGATE_STORAGE_BACKEND="s3",
        TOLLGATE_STORAGE_S3_ENDPOINT=engine["S3_ENDPOINT"],
        TOLLGATE_STORAGE_S3_REGION=engine["S3_REGION"],
        TOLLGATE_STORAGE_S3_BUCKET=engine["S3_BUCKET"],
        TOLLGATE_STORAGE_S3_PATH_STYLE="true",
        TOLLGATE_STORAGE_S3_ACCESS_KEY_ID=engine["S3_ACCESS_KEY"],
        TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY=engine["S3_SECRET_KEY"],
        TOLLGATE_STORAGE_S3_PART_MIB="5",
    )


def test_the_whole_journey(over_s3):
    client = over_s3.client()
    content = png()
    checksum = b64encode(hashlib.sha256(content).digest()).decode()

    ticket = client.start(file_name="picture.png", file_size=len(content), checksum_sha256=checksum)
    assert ticket["url"].startswith(over_s3.env["TOLLGATE_STORAGE_ENDPOINT"])
    expect_problem(client.try_finish(ticket["id"]), 409, "object-missing")
    client.store(ticket, content)
    upload = client.finish(ticket["id"])
    assert (upload["size"], upload["checksum_sha256"]) == (len(content), checksum)
    client.assert_stored(upload["id"], content)

    # Named by dev.env: another client of the store finds the object there.
    env = over_s3.env
    found = s3_client(env).get_object(Bucket=env["TOLLGATE_STORAGE_BUCKET"], Key=upload["key"])
    assert found["Body"].read() == content

    client.delete(upload["id"])
    assert expect_json(call("GET", over_s3.url + "/readyz"), 200)["checks"]["store"] == "ok"


def test_files_through_the_gateway(over_s3):
    client = over_s3.client()
    # By one request, by one that has just the size of a part, and in parts.
    for size in [100_000, 5 * 2**20, 11 * 2**20 + 3]:
        content = random.randbytes(size)
        upload = client.file(content)
        assert upload["size"] == size
        assert upload["checksum_sha256"] == b64encode(hashlib.sha256(content).digest()).decode()
        client.assert_stored(upload["id"], content)
        url = client.url(upload["id"])["url"]
        client.delete(upload["id"])
        expect(call("GET", url), 404)
