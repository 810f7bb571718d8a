"""The gateway over real S3 engines, where scripts/test or a person has started them."""

import hashlib
import random
from base64 import b64encode

import pytest

from support.http import call, expect, expect_json, expect_problem
from support.pictures import png
from support.s3 import s3_client
from support.stores import RADOSGW, SEAWEEDFS

ENGINES = [SEAWEEDFS, RADOSGW]


@pytest.fixture(params=ENGINES, ids=lambda store: store.name)
def over_s3(request, fresh_dev):
    return fresh_dev(**request.param.settings())


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


@pytest.fixture(params=ENGINES, ids=lambda store: store.name)
def over_put(request, fresh_dev):
    return fresh_dev(**request.param.settings() | {"TOLLGATE_STORAGE_S3_UPLOAD_METHOD": "put"})


def test_a_store_without_forms_takes_a_signed_put(over_put):
    client = over_put.client()
    content = png()
    expect_problem(client.try_start(file_name="a.png"), 422, "invalid-request", "/file_size")
    ticket = client.start(file_name="a.png", file_size=len(content))
    assert ticket["method"] == "PUT" and "fields" not in ticket, ticket
    assert ticket["min_bytes"] == ticket["max_bytes"] == len(content)

    wrong = [
        (content + b"x", ticket["headers"] | {"content-length": str(len(content) + 1)}),
        (content[:-1], ticket["headers"] | {"content-length": str(len(content) - 1)}),
        (content, ticket["headers"] | {"content-type": "text/html"}),
    ]
    for body, headers in wrong:
        expect(call("PUT", ticket["url"], data=body, headers=headers), 403)
    expect_problem(client.try_finish(ticket["id"]), 409, "object-missing")

    expect(call("PUT", ticket["url"], data=content, headers=ticket["headers"]), 200)
    client.finish(ticket["id"])
    client.assert_stored(ticket["id"], content)
    classic = client.call(
        "POST", "/api/upload/direct/start/", json={"file_name": "a.png", "file_type": "image/png", "file_size": 5}
    )
    expect_problem(classic, 409, "invalid-state")
