"""What an upload holds, when the store is asked, and what becomes of what is found there: a test a row of the rules.

Each row is played on a gateway with short spans. All of them are begun together, since each takes as long as a form
lives; a test waits for its own.
"""

import base64
import datetime
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from support import pictures
from support.audit import assert_clean
from support.client import post_form
from support.gateway import Dev
from support.http import expect, expect_problem
from support.processes import wait_until
from support.s3 import s3_client
from support.tenants import make_tenant

pytestmark = pytest.mark.every_store

FORM, GRACE, WINDOW = 20, 2, 20
QUICK = {
    "TOLLGATE_UPLOADS_GRACE_SECONDS": GRACE,
    "TOLLGATE_UPLOADS_WINDOW_SECONDS": WINDOW,
    "TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS": 1,
}
PATIENCE = 90  # seconds, for what is due at the end of the window at the latest
HTML = b"<!doctype html><script>alert(document.domain)</script>"


class Row:
    """A tenant of its own, and what can be seen of its uploads from outside."""

    def __init__(self, gateway, **limits):
        spans = {"url_expiry_seconds": FORM, "undeclared_url_expiry_seconds": FORM}
        self.gateway = gateway
        self.owner = make_tenant(gateway, **(spans | {"max_file_bytes": "100000"} | limits))
        self.client = self.owner.client
        self.s3 = s3_client(gateway.env)

    def has_object(self, ticket):
        try:
            self.s3.head_object(Bucket=self.gateway.bucket, Key=ticket["key"])
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404, error
            return False
        return True

    def held(self, ticket):
        return self.gateway.database.held(ticket["id"])

    def status(self, ticket):
        return self.held(ticket)["status"]

    def used(self):
        counters = self.owner.counters
        return counters.used_bytes, counters.used_objects

    def reserved(self):
        counters = self.owner.counters
        return counters.reserved_bytes, counters.reserved_objects

    def arrive_late(self, ticket, content):
        """As if a slow upload that began in time ended now: the form itself is over."""
        fields = {"Content-Type": "image/png"}
        form = self.s3.generate_presigned_post(self.gateway.bucket, ticket["key"], fields, [fields])
        expect(post_form(form, content), 204)

    def wait_until_released(self, ticket, spans):
        """Until nothing is held any more, which must not be before `spans` after the form's end."""
        wait_until(lambda: self.reserved() == (0, 0), PATIENCE, "its room was given back")
        assert seconds_after_form(ticket) >= spans, (ticket["expires_at"], spans)

    def wait_until_over(self, *tickets):
        """Until the store is not asked any more."""
        for ticket in tickets:
            wait_until(lambda ticket=ticket: self.held(ticket)["next_look_at"] is None, PATIENCE, "it is over")

    def assert_clean(self):
        assert_clean(self.gateway, "--tenant", self.owner.slug)


def seconds_after_form(ticket):
    expires_at = datetime.datetime.fromisoformat(ticket["expires_at"])
    return (datetime.datetime.now(datetime.UTC) - expires_at).total_seconds()


def sha256(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def started(gateway):
    row = Row(gateway)
    declared = row.client.start(file_name="a.png", file_size=1000)
    undeclared = row.client.start(file_name="b.png")
    assert row.reserved() == (101_000, 2)
    row.assert_clean()
    wait_until(lambda: seconds_after_form(undeclared) > GRACE, PATIENCE, "form and grace were over")
    assert row.reserved() == (101_000, 2), "a pending upload holds its room until the end of the window"
    row.wait_until_released(declared, GRACE + WINDOW)
    return row


def pending_and_nothing_there(gateway):
    row = Row(gateway)
    ticket = row.client.start(file_name="a.png", file_size=1000)
    row.wait_until_released(ticket, GRACE + WINDOW)
    assert row.status(ticket) == "expired"
    expect_problem(row.client.try_finish(ticket["id"]), 409, "invalid-state")
    row.wait_until_over(ticket)
    assert row.used() == (0, 0) and row.owner.counters.pending_uploads == 0
    return row


def pending_and_something_there(gateway):
    row = Row(gateway)
    ticket = row.client.start(file_name="a.png", file_size=5)
    row.client.store(ticket, b"12345")
    row.wait_until_released(ticket, GRACE + WINDOW)
    row.wait_until_over(ticket)
    assert row.status(ticket) == "expired" and not row.has_object(ticket)
    assert row.used() == (0, 0)
    return row


def pending_where_the_tenant_wants_unfinished_uploads_finished(gateway):
    row = Row(gateway, unfinished="finish")
    right = row.client.start(file_name="a.png", file_size=5)
    row.client.store(right, b"12345")
    wrong = row.client.start(file_name="b.png", file_size=len(HTML))
    row.client.store(wrong, HTML)
    nothing = row.client.start(file_name="c.png", file_size=7)
    row.wait_until_released(right, GRACE + WINDOW)
    row.wait_until_over(right, wrong, nothing)
    assert [row.status(ticket) for ticket in (right, wrong, nothing)] == ["finished", "rejected", "expired"]
    assert [row.has_object(ticket) for ticket in (right, wrong, nothing)] == [True, False, False]
    assert row.used() == (5, 1)
    return row


def aborted(gateway):
    row = Row(gateway)
    ticket = row.client.start(file_name="a.png", file_type="image/png", file_size=5)
    row.client.store(ticket, b"12345")
    row.client.delete(ticket["id"])
    assert not row.has_object(ticket), "what arrived is removed at the abort"
    assert row.reserved() == (5, 1), "its form can bring it again"
    row.client.store(ticket, b"54321")
    row.assert_clean()
    row.wait_until_released(ticket, GRACE)
    wait_until(lambda: not row.has_object(ticket), PATIENCE, "what arrived after the abort was removed after the grace")
    row.arrive_late(ticket, b"late!")
    assert row.held(ticket)["next_look_at"] is not None, "the window was too short for this machine"
    row.wait_until_over(ticket)
    assert not row.has_object(ticket), "what arrived in the window is removed at its end"
    assert row.status(ticket) == "aborted" and row.used() == (0, 0)
    return row


def finished_with_size_and_checksum(gateway, store):
    row = Row(gateway)
    picture = pictures.png()
    ticket = row.client.start(file_name="a.png", file_size=len(picture), checksum_sha256=sha256(picture))
    row.client.store(ticket, picture)
    row.client.finish(ticket["id"])
    assert row.reserved() == (0, 0) and row.used() == (len(picture), 1)
    if store.has_checksums:
        assert row.held(ticket)["next_look_at"] is None, "nothing can change any more"
    row.client.store(ticket, picture)
    row.wait_until_over(ticket)
    assert row.status(ticket) == "finished" and row.used() == (len(picture), 1)
    row.client.assert_stored(ticket["id"], picture)
    return row


def finished_with_size(gateway):
    row = Row(gateway)
    same, swapped, spoiled = [
        row.client.start(file_name="a.png", file_size=size) for size in (5, 5, len(HTML))
    ]
    row.client.store(same, b"12345")
    row.client.store(swapped, b"12345")
    row.client.store(spoiled, b"x" * len(HTML))
    for ticket in (same, swapped, spoiled):
        row.client.finish(ticket["id"])
    etag = row.client.get(swapped["id"])["etag"]
    assert row.reserved() == (0, 0) and row.used() == (10 + len(HTML), 3)
    row.client.store(swapped, b"54321")
    row.client.store(spoiled, HTML)
    wait_until(lambda: row.status(spoiled) == "rejected", PATIENCE, "the spoiled one was rejected")
    assert seconds_after_form(spoiled) >= GRACE + WINDOW
    row.wait_until_over(same, swapped, spoiled)
    upload = row.client.get(swapped["id"])
    assert (upload["status"], upload["size"]) == ("finished", 5) and upload["etag"] != etag, upload
    row.client.assert_stored(same["id"], b"12345")
    row.client.assert_stored(swapped["id"], b"54321")
    assert not row.has_object(spoiled)
    assert row.used() == (10, 2) and row.reserved() == (0, 0)
    return row


def finished_with_nothing_declared(gateway):
    row = Row(gateway, max_file_bytes="1000")
    grown, spoiled = row.client.start(file_name="a.png"), row.client.start(file_name="b.png")
    for ticket in (grown, spoiled):
        row.client.store(ticket, b"x" * 400)
        row.client.finish(ticket["id"])
    assert row.used() == (800, 2) and row.reserved() == (1200, 0), "the forms could bring so much more"
    row.client.store(grown, b"y" * 700)
    row.client.store(spoiled, HTML)
    wait_until(lambda: row.used() == (700, 1), PATIENCE, "the grown one was charged, the spoiled one was not")
    assert seconds_after_form(grown) >= GRACE
    row.wait_until_released(grown, GRACE)
    wait_until(lambda: not row.has_object(spoiled), PATIENCE, "the spoiled one was removed")
    # What was counted may still be changed by a slow upload, but cannot grow any more.
    row.arrive_late(grown, b"z" * 800)
    assert row.held(grown)["next_look_at"] is not None, "the window was too short for this machine"
    row.wait_until_over(grown, spoiled)
    assert [row.status(ticket) for ticket in (grown, spoiled)] == ["rejected", "rejected"]
    assert not row.has_object(grown) and row.used() == (0, 0) and row.reserved() == (0, 0)
    return row


def rejected(gateway):
    row = Row(gateway)
    ticket = row.client.start(file_name="a.png", file_size=len(HTML))
    row.client.store(ticket, HTML)
    expect_problem(row.client.try_finish(ticket["id"]), 422, "upload-rejected")
    assert not row.has_object(ticket) and row.reserved() == (len(HTML), 1), "its form can bring it again"
    row.client.store(ticket, HTML)
    row.wait_until_released(ticket, GRACE)
    row.wait_until_over(ticket)
    assert row.status(ticket) == "rejected" and not row.has_object(ticket) and row.used() == (0, 0)
    return row


def deleted(gateway):
    row = Row(gateway)
    ticket = row.client.start(file_name="a.png", file_size=5)
    row.client.store(ticket, b"12345")
    row.client.finish(ticket["id"])
    row.client.delete(ticket["id"])
    assert row.used() == (0, 0) and row.reserved() == (5, 1), "its form can bring it again"
    row.client.store(ticket, b"54321")
    row.wait_until_released(ticket, GRACE)
    row.wait_until_over(ticket)
    assert row.status(ticket) == "deleted" and not row.has_object(ticket) and row.used() == (0, 0)
    return row


ROWS = [
    started,
    pending_and_nothing_there,
    pending_and_something_there,
    pending_where_the_tenant_wants_unfinished_uploads_finished,
    aborted,
    finished_with_size_and_checksum,
    finished_with_size,
    finished_with_nothing_declared,
    rejected,
    deleted,
]


@pytest.fixture(scope="module")
def played(dev, directories, logs):
    """All rows, begun at once on a gateway of their own over the store of `dev`. -> what becomes of each, by its name"""
    gateway = Dev(directories() / "data", logs, f"holding-{dev.store.name}", **dev.store.settings(), **QUICK)
    try:
        gateway.start()
        with ThreadPoolExecutor(len(ROWS)) as pool:
            rows = {
                row: pool.submit(row, gateway, dev.store) if row is finished_with_size_and_checksum else pool.submit(row, gateway)
                for row in ROWS
            }
            yield rows
        gateway.stop()
    finally:
        gateway.discard()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_row(played, row):
    played[row].result(timeout=2 * PATIENCE).assert_clean()
