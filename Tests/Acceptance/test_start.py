"""A start and its ticket."""

import re
from datetime import UTC, datetime

import pytest

from support.client import post_form
from support.database import Counters
from support.http import expect, expect_problem
from support.processes import wait_until
from support.s3 import expect_s3_error, policy_document
from support.stores import LOCAL

pytestmark = pytest.mark.every_store

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def seconds_from_now(text):
    assert TIME.fullmatch(text), f"{text!r} is not RFC 3339 in UTC with milliseconds"
    return (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds()


def test_a_ticket_has_every_member_of_the_contract(dev, tenant):
    owner = tenant(storage_quota="1000000000", object_quota=10000)
    ticket = owner.client.start(file_name="cool_logo.png", file_type="image/png", file_size=48213)
    assert re.fullmatch(UUID7, ticket["id"]), ticket["id"]
    assert ticket["status"] == "pending" and ticket["method"] == "POST", ticket
    assert ticket["url"].rstrip("/") == dev.bucket_url, ticket["url"]
    assert re.fullmatch(rf"{owner.slug}/{UUID7}\.png", ticket["key"]), ticket["key"]
    assert ticket["fields"]["key"] == ticket["key"], ticket
    assert ticket["fields"]["Content-Type"] == "image/png", ticket
    assert ticket["min_bytes"] == ticket["max_bytes"] == 48213, ticket
    assert 890 < seconds_from_now(ticket["expires_at"]) <= 901, ticket["expires_at"]
    assert ticket["quota"] == {
        "storage_bytes": {"limit": 1000000000, "used": 0, "reserved": 48213, "available": 999951787},
        "objects": {"limit": 10000, "used": 0, "reserved": 1, "available": 9999},
    }
    assert owner.counters == Counters(0, 48213, 0, 1, 1)


def test_a_ticket_without_quotas_says_unlimited(tenant):
    quota = tenant().client.start(file_name="a.png", file_size=5)["quota"]
    assert quota["storage_bytes"] == {"limit": None, "used": 0, "reserved": 5, "available": None}, quota
    assert quota["objects"] == {"limit": None, "used": 0, "reserved": 1, "available": None}, quota


def test_the_policy_holds_exactly_what_the_form_carries(dev, api):
    ticket = api.start(file_name="a.png", file_size=7)
    fields, policy = ticket["fields"], policy_document(ticket["fields"])
    exact = {}
    ranges = []
    for condition in policy["conditions"]:
        if isinstance(condition, dict):
            exact |= condition
        elif condition[0] == "eq":
            exact[condition[1].removeprefix("$")] = condition[2]
        else:
            ranges.append(condition)
    assert ranges == [["content-length-range", 7, 7]], policy
    assert exact.pop("bucket") == dev.bucket, policy
    assert exact == {name: value for name, value in fields.items() if name not in ("policy", "x-amz-signature")}


def test_a_policy_lives_as_long_as_the_ticket_says(api):
    ticket = api.start(file_name="a.png", file_size=7, expires_in=60)
    assert 50 < seconds_from_now(ticket["expires_at"]) <= 61, ticket["expires_at"]
    expiration = datetime.fromisoformat(policy_document(ticket["fields"])["expiration"])
    gap = (expiration - datetime.fromisoformat(ticket["expires_at"])).total_seconds()
    assert abs(gap) < 1, f"the policy ends {gap} s after what the ticket says"


def test_an_undeclared_size_reserves_the_largest_file_for_a_short_time(tenant):
    owner = tenant(max_file_bytes="4000")
    ticket = owner.client.start(file_name="a.png")
    assert (ticket["min_bytes"], ticket["max_bytes"]) == (1, 4000), ticket
    assert 110 < seconds_from_now(ticket["expires_at"]) <= 121, ticket["expires_at"]
    assert owner.counters == Counters(0, 4000, 0, 1, 1)
    assert owner.client.get(ticket["id"])["declared_size"] is None
    owner.client.store(ticket, b"x" * 1234)
    upload = owner.client.finish(ticket["id"])
    assert upload["size"] == 1234 and upload["declared_size"] is None, upload


@pytest.mark.parametrize(
    "file_name, file_type",
    [
        ("a.png", "image/png"),
        ("A.PNG", "image/png"),
        ("a.jpg", "image/jpeg"),
        ("a.jpeg", "image/jpeg"),
        ("a.gif", "image/gif"),
        ("a.webp", "image/webp"),
        ("a.svg", "image/svg+xml"),
        ("a.pdf", "application/pdf"),
        ("a.mp4", "video/mp4"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("backup.tar.gz", "application/gzip"),
        ("a.no-such-thing", "application/octet-stream"),
        ("README", "application/octet-stream"),
        (".png", "application/octet-stream"),
    ],
)
def test_a_type_is_inferred_from_the_extension(api, file_name, file_type):
    ticket = api.start(file_name=file_name, file_size=1)
    assert ticket["fields"]["Content-Type"] == file_type


@pytest.mark.parametrize(
    "file_name, ending",
    [
        ("PHOTO.JPEG", ".jpeg"),
        ("a.b.c.png", ".png"),
        ("a.p%n?g", None),
        ("a." + "x" * 17, None),
        ("a.тест", None),
        ("trailing.", None),
        ("a. ", None),
    ],
)
def test_a_key_takes_only_a_plain_extension_from_the_name(acme, api, file_name, ending):
    key = api.start(file_name=file_name, file_type="image/png", file_size=1)["key"]
    assert re.fullmatch(rf"{acme.slug}/{UUID7}(\.[a-z0-9]{{1,16}})?", key), key
    if ending:
        assert key.endswith(ending), key


@pytest.mark.parametrize(
    "file_name", ["x", "y" * 255, "ü" * 255, "two words.png", 'quote".png', "semi;colon.png", "..."]
)
def test_unusual_but_harmless_names_are_accepted(api, file_name):
    upload = api.upload(b"bytes", file_name)
    assert upload["file_name"] == file_name
    expect(api.download(upload["id"], disposition="attachment"), 200)


def test_a_check_says_what_a_start_would_say_and_reserves_nothing(tenant):
    owner = tenant(storage_quota="1000", max_file_bytes="5000", allowed_type=["image/png"])
    assert owner.client.check(file_name="a.png", file_size=1000) == {"accepted": True, "problems": []}
    for members, code in [
        ({"file_name": "a.png", "file_size": 1001}, "quota-exceeded"),
        ({"file_name": "a.png", "file_size": 5001}, "file-too-large"),
        ({"file_name": "a.gif", "file_size": 10}, "type-not-allowed"),
    ]:
        answer = owner.client.check(**members)
        assert answer["accepted"] is False, (members, answer)
        assert code in [problem["code"] for problem in answer["problems"]], (members, answer)
    assert owner.counters == Counters(0, 0, 0, 0, 0)


def test_a_used_form_may_be_sent_again_until_it_expires(api):
    ticket = api.start(file_name="a.png", file_size=3)
    api.store(ticket, b"one")
    api.store(ticket, b"two")
    api.finish(ticket["id"])
    api.assert_stored(ticket["id"], b"two")


@pytest.mark.parametrize(
    "content, code", [(b"1234", "EntityTooSmall"), (b"123456", "EntityTooLarge"), (b"", "EntityTooSmall")]
)
def test_the_store_refuses_another_size_than_declared(api, content, code):
    ticket = api.start(file_name="a.png", file_size=5)
    expect_s3_error(post_form(ticket, content), 400, code)
    assert api.try_finish(ticket["id"]).json()["code"] == "object-missing"


@pytest.mark.parametrize(
    "field, value", [("Content-Type", "image/gif"), ("Content-Type", "image/png,text/html"), ("key", "elsewhere/a.png")]
)
def test_the_store_refuses_another_type_or_key_than_signed(dev, api, field, value):
    ticket = api.start(file_name="a.png", file_type="image/png", file_size=5)
    error = expect_s3_error(post_form(ticket, b"12345", fields=ticket["fields"] | {field: value}), 403, "AccessDenied")
    if dev.store is LOCAL:
        assert "Policy Condition failed" in error["Message"], error
    assert api.try_finish(ticket["id"]).json()["code"] == "object-missing"


@pytest.mark.slow
def test_the_store_refuses_a_late_form(api):
    ticket = api.start(file_name="a.png", file_size=5, expires_in=10)
    wait_until(lambda: seconds_from_now(ticket["expires_at"]) < -1, 15, "the form expired")
    expect_s3_error(post_form(ticket, b"12345"), 403, "AccessDenied")
    expect_problem(api.try_finish(ticket["id"]), 409, "object-missing")


def test_an_idempotency_key_gives_the_same_ticket_for_the_same_body(tenant):
    owner = tenant()
    members = {"file_name": "a.png", "file_size": 10}
    headers = {"Idempotency-Key": "order-66"}
    first = owner.client.try_start(headers, **members)
    second = owner.client.try_start(headers, **members)
    expect(first, 201)
    expect(second, 201)
    assert second.json() == first.json()
    assert owner.counters == Counters(0, 10, 0, 1, 1)
    expect_problem(owner.client.try_start(headers, **members | {"file_size": 11}), 422, "idempotency-key-reused")
