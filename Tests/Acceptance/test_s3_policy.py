"""With config/s3-iam-policy.json a gateway does all of its work. Of the engines, Ceph judges by such policies."""

import json
import secrets

import pytest

from support.client import post_form
from support.http import call, expect_json, expect_problem, explain
from support.s3 import s3_client
from support.stores import CONFIG, RADOSGW
from support.tenants import make_tenant


def statements(without=None):
    """The policy's statements, less one action."""
    found = json.loads((CONFIG / "s3-iam-policy.json").read_text())["Statement"]
    for statement in found:
        statement["Action"] = [action for action in statement["Action"] if action != without]
    return [statement for statement in found if statement["Action"]]


class Guest:
    """A gateway on a bucket of somebody else's, where its key pair opens only what the policy allows."""

    def __init__(self, fresh_dev):
        engine = RADOSGW.engine()
        self.bucket = f"guest-{secrets.token_hex(6)}"
        self.gateway = fresh_dev(
            **RADOSGW.settings()
            | {
                "TOLLGATE_STORAGE_S3_BUCKET": self.bucket,
                "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID": engine["S3_OTHER_ACCESS_KEY"],
                "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY": engine["S3_OTHER_SECRET_KEY"],
            }
        )
        self.host = s3_client(
            self.gateway.env,
            aws_access_key_id=engine["S3_ACCESS_KEY"],
            aws_secret_access_key=engine["S3_SECRET_KEY"],
        )
        self.host.create_bucket(Bucket=self.bucket)
        self.tenant = make_tenant(self.gateway, max_file_bytes="7MB")

    def allow(self, allowed):
        """The statements as a policy of the bucket, for that user: IAM's own are attached to users instead."""
        for statement in allowed:
            statement["Principal"] = {"AWS": ["arn:aws:iam:::user/other"]}
            statement["Resource"] = statement["Resource"].replace("BUCKET", self.bucket)
        document = {"Version": "2012-10-17", "Statement": allowed}
        self.host.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(document))

    def ready(self):
        return call("GET", self.gateway.url + "/readyz")

    def too_long_a_file(self):
        """Without a length, so that its end is met when a part is stored already."""

        def body():
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
            for _ in range(8):
                yield b"x" * 1_000_000
            yield b"\r\n--b--\r\n"

        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        return self.tenant.client.call("POST", "/v1/files", data=body(), headers=headers)

    def parts_left(self):
        return self.host.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])


@pytest.fixture
def guest(fresh_dev):
    return Guest(fresh_dev)


def test_a_gateway_with_these_permissions_alone_does_all_of_its_work(guest):
    client = guest.tenant.client
    ticket = client.start(file_name="a.bin", file_size=5)
    expect_problem(client.try_finish(ticket["id"]), 503, "unavailable")

    guest.allow(statements())
    assert expect_json(guest.ready(), 200)["checks"]["store"] == "ok"
    expect_problem(client.try_finish(ticket["id"]), 409, "object-missing")
    client.store(ticket, b"12345")
    client.finish(ticket["id"])
    client.assert_stored(ticket["id"], b"12345")
    small, large = client.file(b"small"), client.file(b"x" * 6_000_000)
    client.assert_stored(large["id"], b"x" * 6_000_000)
    expect_problem(guest.too_long_a_file(), 413, "file-too-large")
    assert guest.parts_left() == []
    for upload in (ticket, small, large):
        client.delete(upload["id"])
    assert "Contents" not in guest.host.list_objects_v2(Bucket=guest.bucket)


LESS = [
    ("s3:ListBucket", lambda guest, ticket: guest.ready(), 200),
    # A key without an object is then forbidden, rather than not found.
    ("s3:ListBucket", lambda guest, ticket: guest.tenant.client.try_finish(ticket["id"]), 409),
    ("s3:PutObject", lambda guest, ticket: post_form(ticket, b"12345"), 204),
    ("s3:PutObject", lambda guest, ticket: guest.tenant.client.try_file(b"small"), 201),
    ("s3:DeleteObject", lambda guest, ticket: guest.tenant.client.call("DELETE", f"/v1/uploads/{ticket['id']}"), 204),
]


def test_a_permission_less_is_one_too_few(guest):
    """Who stored an object may read it on Ceph, so s3:GetObject shows nothing here."""
    for action, attempt, right in LESS:
        guest.allow(statements(without=action))
        ticket = guest.tenant.client.start(file_name="a.bin", file_size=5)
        answer = attempt(guest, ticket)
        assert answer.status_code != right, f"without {action}\n{explain(answer)}"
        guest.allow(statements())
        answer = attempt(guest, ticket)
        assert answer.status_code == right, f"with {action} again\n{explain(answer)}"
