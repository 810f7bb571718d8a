"""A finish looks at the leading bytes and holds them against the declared type."""

import pytest

from support import pictures
from support.database import Counters
from support.http import expect_json, expect_problem
from support.processes import wait_until
from support.tenants import make_tenant

pytestmark = pytest.mark.every_store

HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)


def refuse(client, content, **members):
    """start, form, a finish that is refused -> the ticket"""
    ticket = client.start(file_size=len(content), **members)
    client.store(ticket, content)
    problem = expect_problem(client.try_finish(ticket["id"]), 422, "upload-rejected")
    assert problem["reason"] == "content-mismatch", problem
    return ticket


def test_html_as_a_picture_is_rejected_and_gone_and_its_room_comes_back_with_the_form_s_end(dev, s3, tenant):
    owner = tenant()
    ticket = refuse(owner.client, HTML, file_name="a.png")
    upload = owner.client.get(ticket["id"])
    assert upload["status"] == "rejected", upload
    assert upload["rejection"] == {
        "reason": "content-mismatch",
        "detail": "declared: image/png; the leading bytes are those of html",
    }, upload
    with pytest.raises(s3.exceptions.ClientError) as missing:
        s3.head_object(Bucket=dev.bucket, Key=ticket["key"])
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    # The form is still out, so its room is held until it cannot be used any more.
    assert owner.counters == Counters(0, len(HTML), 0, 1, 0)
    again = expect_problem(owner.client.try_finish(ticket["id"]), 422, "upload-rejected")
    assert again["reason"] == "content-mismatch", again


@pytest.mark.parametrize("content", [HTML, SVG, ELF, b"#!/bin/sh\n", b"\xff\xfe" + "<script>".encode("utf-16-le")])
@pytest.mark.parametrize("file_name", ["a.png", "a.mp3", "a.mp4", "a.pdf"])
def test_disguises_are_refused_without_being_asked_for(api, content, file_name):
    refuse(api, content, file_name=file_name)


def test_one_picture_type_under_another_s_name_is_refused(api):
    refuse(api, pictures.jpeg(), file_name="a.png")
    refuse(api, pictures.png(), file_name="a.svg")


def test_real_pictures_and_unrecognised_bytes_pass(api):
    assert api.upload(pictures.png(), "a.png")["status"] == "finished"
    assert api.upload(SVG, "a.svg")["status"] == "finished"
    assert api.upload(b"x" * 600, "a.png")["status"] == "finished"
    assert api.upload(HTML, "a.html")["status"] == "finished"
    assert api.upload(ELF, "a.bin", file_type="application/octet-stream")["status"] == "finished"


def test_strict_wants_the_type_confirmed(tenant):
    client = tenant(verify_content="strict").client
    assert client.upload(pictures.png(), "a.png")["status"] == "finished"
    assert client.upload(b"a,b\n", "a.csv")["status"] == "finished"
    ticket = refuse(client, b"x" * 600, file_name="a.png")
    detail = client.get(ticket["id"])["rejection"]["detail"]
    assert detail == "declared: image/png; the leading bytes do not confirm it", detail
    refuse(client, b"x", file_name="a", file_type="application/vnd.acme.thing")


def test_off_passes_all(tenant):
    client = tenant(verify_content="off").client
    for content in (HTML, ELF, pictures.jpeg()):
        assert client.upload(content, "a.png")["status"] == "finished"
    assert client.file(HTML, "a.png")["status"] == "finished"


def test_a_file_through_the_gateway_is_judged_before_it_is_stored(dev, s3, tenant):
    owner = tenant()
    problem = expect_problem(owner.client.try_file(HTML, "a.png"), 422, "upload-rejected")
    assert problem["reason"] == "content-mismatch", problem
    # Longer than what is looked at.
    expect_problem(owner.client.try_file(HTML + b" " * 2_000_000, "a.png"), 422, "upload-rejected")
    assert owner.counters == Counters(0, 0, 0, 0, 0)
    uploads = owner.client.list()["data"]
    assert [upload["status"] for upload in uploads] == ["rejected", "rejected"], uploads
    for upload in uploads:
        assert upload["rejection"]["reason"] == "content-mismatch", upload
        with pytest.raises(s3.exceptions.ClientError):
            s3.head_object(Bucket=dev.bucket, Key=upload["key"])
    large = pictures.png(800, 600)
    owner.client.assert_stored(owner.client.file(large, "a.png")["id"], large)


def test_a_put_that_is_refused_for_its_bytes_keeps_the_old_content(tenant):
    owner = tenant()
    picture = pictures.png()
    upload = owner.client.file(picture, "a.png")
    answer = owner.client.try_file(ELF, "b.png", "PUT", f"/v1/files/{upload['id']}")
    expect_problem(answer, 422, "upload-rejected")
    assert owner.client.get(upload["id"]) == upload
    owner.client.assert_stored(upload["id"], picture)
    assert owner.counters == Counters(len(picture), 0, 1, 0, 0)


def test_the_classic_local_step_refuses_and_lets_try_again(tenant):
    owner = tenant()
    start = owner.client.call("POST", "/api/upload/direct/start/", json={"file_name": "a.png", "file_type": "image/png"})
    upload_id = expect_json(start, 200)["id"]
    local = f"/api/upload/direct/local/{upload_id}/"
    problem = expect_problem(
        owner.client.call("POST", local, files={"file": ("a.png", HTML)}), 422, "upload-rejected"
    )
    assert problem["reason"] == "content-mismatch", problem
    expect_problem(owner.client.try_finish(upload_id), 409, "object-missing")
    picture = pictures.png()
    expect_json(owner.client.call("POST", local, files={"file": ("a.png", picture)}), 200)
    assert owner.client.finish(upload_id)["size"] == len(picture)


SHORT = {
    "TOLLGATE_UPLOADS_GRACE_SECONDS": "1",
    "TOLLGATE_UPLOADS_WINDOW_SECONDS": "1",
    "TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS": "1",
}


def test_an_object_that_changes_after_its_finish_is_checked_and_counted_again(fresh_dev):
    owner = make_tenant(fresh_dev(**SHORT))
    first, right, wrong = pictures.png(), pictures.png(80, 60), HTML
    tickets = [owner.client.start(file_name="a.png", expires_in=10) for _ in range(2)]
    for ticket in tickets:
        owner.client.store(ticket, first)
        owner.client.finish(ticket["id"])
    for ticket, content in zip(tickets, (right, wrong), strict=True):
        owner.client.store(ticket, content)
    changed, swapped = (ticket["id"] for ticket in tickets)
    wait_until(lambda: owner.client.get(swapped)["status"] == "rejected", 60, "the swap is found")
    assert owner.client.get(swapped)["rejection"] == {
        "reason": "content-mismatch",
        "detail": "declared: image/png; the leading bytes are those of html",
    }
    wait_until(lambda: owner.client.get(changed)["size"] == len(right), 60, "the new object is counted")
    owner.client.assert_stored(changed, right)
    wait_until(lambda: owner.counters == Counters(len(right), 0, 1, 0, 0), 60, "all that was held is given back")
