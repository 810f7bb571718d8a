"""Finishing, aborting, renewing: an upload's states."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import pictures
from support.client import post_form
from support.database import Counters
from support.http import expect_problem
from support.s3 import expect_s3_error

pytestmark = pytest.mark.every_store


def sha256(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def test_a_second_finish_answers_the_same(api):
    upload = api.upload(pictures.png())
    assert api.finish(upload["id"]) == upload


def test_finishes_at_once_count_once(tenant):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_size=1000)
    owner.client.store(ticket, b"a" * 1000)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: owner.client.finish(ticket["id"]), range(8)))
    assert all(answer == answers[0] for answer in answers), answers
    assert owner.counters == Counters(1000, 0, 1, 0, 0)


def test_a_finish_before_the_upload_says_that_the_object_is_missing(tenant):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_size=1000)
    expect_problem(owner.client.try_finish(ticket["id"]), 409, "object-missing")
    assert owner.counters == Counters(0, 1000, 0, 1, 1)
    owner.client.store(ticket, b"a" * 1000)
    assert owner.client.finish(ticket["id"])["status"] == "finished"


def test_an_aborted_upload_cannot_be_finished_and_its_object_goes(dev, tenant):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_size=1000)
    owner.client.store(ticket, b"a" * 1000)
    owner.client.delete(ticket["id"])
    assert owner.client.get(ticket["id"])["status"] == "aborted"
    expect_problem(owner.client.try_finish(ticket["id"]), 409, "invalid-state")
    expect_problem(owner.client.call("POST", f"/v1/uploads/{ticket['id']}/renew"), 409, "invalid-state")
    owner.client.delete(ticket["id"])
    assert owner.client.get(ticket["id"])["status"] == "aborted"


def test_a_pending_upload_has_no_url(api):
    ticket = api.start(file_name="a.png", file_size=10)
    expect_problem(api.call("GET", f"/v1/uploads/{ticket['id']}/url"), 409, "invalid-state")


def test_renew_gives_a_new_form_for_the_same_upload(tenant):
    owner = tenant()
    first = owner.client.start(file_name="a.png", file_size=10, expires_in=10)
    second = owner.client.renew(first["id"])
    assert (second["id"], second["key"], second["status"]) == (first["id"], first["key"], "pending"), second
    assert second["expires_at"] > first["expires_at"], (first["expires_at"], second["expires_at"])
    assert (second["min_bytes"], second["max_bytes"]) == (10, 10), second
    assert owner.counters == Counters(0, 10, 0, 1, 1)
    owner.client.store(second, b"0123456789")
    assert owner.client.finish(first["id"])["size"] == 10
    expect_problem(owner.client.call("POST", f"/v1/uploads/{first['id']}/renew"), 409, "invalid-state")


def test_a_declared_checksum_is_verified_by_the_store_and_kept(dev, api):
    if not dev.store.has_checksums:
        pytest.skip("this store verifies no checksums: see the next test")
    picture = pictures.png()
    ticket = api.start(file_name="a.png", file_size=len(picture), checksum_sha256=sha256(picture))
    wrong = bytes([picture[0] ^ 1]) + picture[1:]
    expect_s3_error(post_form(ticket, wrong), 400, "BadDigest")
    expect_problem(api.try_finish(ticket["id"]), 409, "object-missing")
    api.store(ticket, picture)
    assert api.finish(ticket["id"])["checksum_sha256"] == sha256(picture)
    expect_s3_error(post_form(ticket, wrong), 400, "BadDigest")
    api.assert_stored(ticket["id"], picture)


def test_a_declared_checksum_is_verified_at_the_finish_where_the_store_does_not(dev, api):
    if dev.store.has_checksums:
        pytest.skip("this store verifies checksums itself")
    picture = pictures.png()
    for content in (bytes([picture[0] ^ 1]) + picture[1:], picture):
        ticket = api.start(file_name="a.png", file_size=len(picture), checksum_sha256=sha256(picture))
        api.store(ticket, content)
        if content != picture:
            problem = expect_problem(api.try_finish(ticket["id"]), 422, "upload-rejected")
            assert problem["reason"] == "checksum-mismatch", problem
    assert api.finish(ticket["id"])["checksum_sha256"] == sha256(picture)


def test_two_forms_at_once_leave_one_whole_object(api):
    ticket = api.start(file_name="a.bin", file_size=2_000_000)
    contents = [bytes([letter]) * 2_000_000 for letter in b"ab"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda content: post_form(ticket, content), contents))
    assert [answer.status_code for answer in answers] == [204, 204], [answer.text for answer in answers]
    api.finish(ticket["id"])
    assert api.download(ticket["id"]).content in contents, "the object is a mixture of two"


def put_behind_its_back(s3, dev, ticket, content, content_type):
    """Stores other bytes under the ticket's key with a form of the store owner's own."""
    form = s3.generate_presigned_post(
        dev.bucket, ticket["key"], {"Content-Type": content_type}, [{"Content-Type": content_type}]
    )
    answer = post_form(form, content)
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(
    "content, content_type, reason",
    [
        (b"123456", "image/png", "size-mismatch"),
        (b"1234", "image/png", "size-mismatch"),
        (b"12345", "image/gif", "type-mismatch"),
        (b"54321", "image/png", "checksum-mismatch"),
    ],
)
def test_a_finish_refuses_an_object_that_breaks_the_declaration(dev, s3, tenant, content, content_type, reason):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_type="image/png", file_size=5, checksum_sha256=sha256(b"12345"))
    put_behind_its_back(s3, dev, ticket, content, content_type)
    problem = expect_problem(owner.client.try_finish(ticket["id"]), 422, "upload-rejected")
    assert problem["reason"] == reason, problem
    upload = owner.client.get(ticket["id"])
    assert upload["status"] == "rejected" and upload["rejection"]["reason"] == reason, upload
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects, counters.pending_uploads) == (0, 0, 0), counters
    expect_problem(owner.client.call("GET", f"/v1/uploads/{ticket['id']}/url"), 409, "invalid-state")
