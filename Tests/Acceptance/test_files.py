"""Files whose bytes pass through the gateway."""

import hashlib

import pytest

from support import pictures
from support.database import Counters
from support.http import call, expect, expect_json, expect_problem
from support.s3 import expect_s3_error

pytestmark = pytest.mark.every_store


def test_a_file_is_stored_and_finished_in_one_call(tenant):
    owner = tenant(storage_quota="1MB")
    picture = pictures.jpeg()
    upload = owner.client.file(picture, "fjord.jpg", uploaded_by="user-7")
    assert upload["status"] == "finished" and upload["size"] == len(picture), upload
    assert (upload["file_name"], upload["file_type"], upload["uploaded_by"]) == ("fjord.jpg", "image/jpeg", "user-7")
    assert upload["etag"].strip('"') == hashlib.md5(picture).hexdigest(), upload
    assert owner.client.list()["data"] == [upload]
    owner.client.assert_stored(upload["id"], picture)
    assert owner.counters == Counters(len(picture), 0, 1, 0, 0)


def test_a_deleted_file_gives_back_all_at_once_as_no_form_is_out(tenant):
    owner = tenant(storage_quota="1000")
    upload = owner.client.file(b"x" * 1000, "a.png")
    owner.client.delete(upload["id"])
    assert owner.counters == Counters(0, 0, 0, 0, 0)
    owner.client.file(b"y" * 1000, "b.png")


def test_fields_beside_the_file_win_over_its_own_name_and_type(api):
    upload = api.file(b"a,b\n", "ignored.bin", file_name="table.csv", file_type="text/csv")
    assert (upload["file_name"], upload["file_type"]) == ("table.csv", "text/csv"), upload


def test_fields_after_the_file_count_too(api):
    parts = [("file", ("ignored.bin", b"a,b\n")), ("file_name", (None, "late.csv")), ("uploaded_by", (None, "late"))]
    upload = expect_json(api.call("POST", "/v1/files", files=parts), 201)
    assert (upload["file_name"], upload["uploaded_by"]) == ("late.csv", "late"), upload


def test_put_replaces_content_removes_the_old_object_and_corrects_the_count(tenant):
    owner = tenant()
    first, second = pictures.png(), pictures.jpeg(300, 300)
    upload = owner.client.file(first, "a.png")
    old_link = owner.client.url(upload["id"])["url"]
    answer = owner.client.try_file(second, "b.jpg", "PUT", f"/v1/files/{upload['id']}")
    replaced = expect_json(answer, 200)
    assert replaced["id"] == upload["id"] and replaced["key"] != upload["key"], (upload, replaced)
    assert owner.client.list()["data"] == [replaced], "the old content is no upload of its own"
    assert replaced["status"] == "finished" and replaced["size"] == len(second), replaced
    owner.client.assert_stored(upload["id"], second)
    expect_s3_error(call("GET", old_link), 404, "NoSuchKey")
    assert owner.counters == Counters(len(second), 0, 1, 0, 0)


def test_a_put_that_is_refused_keeps_the_old_content(tenant):
    owner = tenant(max_file_bytes="5000", storage_quota="6000")
    upload = owner.client.file(b"a" * 4000, "a.png")
    path = f"/v1/files/{upload['id']}"
    expect_problem(owner.client.try_file(b"b" * 5001, "b.png", "PUT", path), 413, "file-too-large")
    expect_problem(owner.client.try_file(b"", "b.png", "PUT", path), 422, "invalid-request")
    expect_problem(owner.client.call("PUT", path, json={"file": "b"}), 415, "unsupported-media-type")
    assert owner.client.get(upload["id"])["key"] == upload["key"]
    owner.client.assert_stored(upload["id"], b"a" * 4000)
    assert owner.counters == Counters(4000, 0, 1, 0, 0)


def test_limits_and_quota_hold_for_files(tenant):
    owner = tenant(max_file_bytes="5000", storage_quota="6000", allowed_type=["image/png"])
    expect_problem(owner.client.try_file(b"x" * 5001, "a.png"), 413, "file-too-large")
    expect_problem(owner.client.try_file(b"x", "a.gif"), 422, "type-not-allowed")
    owner.client.file(b"x" * 4000, "a.png")
    problem = expect_problem(owner.client.try_file(b"x" * 2001, "b.png"), 403, "quota-exceeded")
    assert problem["quota"]["name"] == "storage_bytes", problem
    assert problem["quota"]["limit"] == 6000 and problem["quota"]["used"] == 4000, problem
    owner.client.file(b"x" * 2000, "b.png")
    assert owner.counters == Counters(6000, 0, 2, 0, 0)


def test_bad_forms_of_files_are_refused_and_leave_nothing(tenant):
    owner = tenant()
    call_files = lambda **options: owner.client.call("POST", "/v1/files", **options)  # noqa: E731
    expect_problem(call_files(json={"file": "x"}), 415, "unsupported-media-type")
    expect_problem(call_files(data={"file": "x"}), 415, "unsupported-media-type")
    expect_problem(call_files(files={"other": ("a.png", b"x")}), 422, "invalid-request")
    expect_problem(
        call_files(files={"file": ("a/b.png", b"x")}, data={"file_name": "a/b.png"}),
        422,
        "invalid-request",
        "/file_name",
    )
    expect_problem(
        call_files(files={"file": ("a.png", b"x")}, data={"surprise": "1"}), 422, "invalid-request", "/surprise"
    )
    two = [("file", ("a.png", b"x")), ("file", ("b.png", b"y"))]
    expect_problem(call_files(files=two), 422, "invalid-request")
    expect(owner.client.call("GET", "/v1/uploads"), 200)
    counters = owner.counters
    assert counters == Counters(0, 0, 0, 0, 0), counters
    finished = owner.client.list(status="finished")["data"]
    assert finished == [], finished
