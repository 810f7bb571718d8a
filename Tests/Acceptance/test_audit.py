"""`tollgate audit`: it finds nothing where all is well, each fault where it is made, and repairs what can be decided."""

import os
import signal
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import audit, console
from support.audit import assert_clean, checks
from support.client import post_form
from support.processes import wait_until

pytestmark = pytest.mark.every_store


def put(s3, gateway, key, content):
    """Stores an object behind the gateway's back, with a form of the store owner's own."""
    form = s3.generate_presigned_post(gateway.bucket, key, {"Content-Type": "image/png"}, [{"Content-Type": "image/png"}])
    answer = post_form(form, content)
    assert answer.status_code == 204, answer.text


def remove(s3, gateway, key):
    """Removes an object behind the gateway's back."""
    if gateway.store.variable is None:
        (gateway.data / "objects" / gateway.bucket / key).unlink()
    else:
        s3.delete_object(Bucket=gateway.bucket, Key=key)


def test_all_is_well(dev, tenant):
    owner = tenant(max_file_bytes="1000")
    owner.client.upload(b"abc", "declared.png")
    undeclared = owner.client.start(file_name="undeclared.png")
    owner.client.store(undeclared, b"abcd")
    owner.client.finish(undeclared["id"])
    owner.client.start(file_name="pending.png", file_size=10)
    aborted = owner.client.start(file_name="aborted.png", file_size=10)
    owner.client.store(aborted, b"0123456789")
    owner.client.delete(aborted["id"])
    owner.client.delete(owner.client.upload(b"deleted", "deleted.png")["id"])
    file = owner.client.file(b"first")
    owner.client.try_file(b"second", method="PUT", path=f"/v1/files/{file['id']}")
    assert_clean(dev, "--tenant", owner.slug)
    result = audit.run(dev, "--store", "--tenant", owner.slug)
    assert (result.returncode, result.stdout, result.stderr) == (0, "No discrepancies.\n", ""), console.explain(result)


@pytest.mark.local_only("is about rows alone")
def test_a_counter_that_is_wrong_is_named_and_put_right(dev, tenant):
    owner = tenant()
    owner.client.upload(b"abc", "a.png")
    dev.database.spoil_counter(owner.slug, "used_bytes", 39)
    result = audit.run(dev)
    assert result.returncode == 1, console.explain(result)
    assert f"1     {owner.slug}  the counter says 42 bytes used, finished uploads have 3\n" in result.stdout
    status, events, answer = audit.audit(dev, "--repair")
    assert (status, answer["repairs"], answer["left"]) == (0, 1, 0), events
    assert [event["event"] for event in events] == ["found", "repaired"], events
    assert events[1]["text"] == "the counter used_bytes was 42 and is 3", events
    assert owner.counters.used_bytes == 3
    assert_clean(dev, "--tenant", owner.slug)


@pytest.mark.local_only("is about rows alone")
def test_an_entry_that_is_wrong_gets_a_correction(dev, tenant):
    owner = tenant()
    upload = owner.client.upload(b"abc", "a.png")
    dev.database.spoil_entry(upload["id"], 5)
    status, events, _ = audit.audit(dev, "--tenant", owner.slug)
    assert status == 1 and checks(events) == {"ledger_bytes", "upload_bytes"}, events
    told = next(event for event in events if event["check"] == "upload_bytes")
    assert (told["upload_id"], told["recorded"], told["actual"]) == (upload["id"], "8", "3"), told
    assert audit.audit(dev, "--tenant", owner.slug, "--repair")[0] == 0
    assert dev.database.entry_kinds(owner.slug) == ["finish", "correction"]
    owner.client.upload(b"more", "b.png")
    assert dev.database.entry_kinds(owner.slug) == ["finish", "correction", "finish"]
    assert_clean(dev, "--tenant", owner.slug)


@pytest.mark.local_only("is about rows alone")
def test_one_tenant_alone(dev, tenant):
    wrong, right = tenant(), tenant()
    dev.database.spoil_counter(wrong.slug, "reserved_bytes")
    assert audit.audit(dev, "--tenant", right.slug)[0] == 0
    assert audit.audit(dev, "--tenant", wrong.slug)[0] == 1
    assert audit.audit(dev, "--tenant", wrong.slug, "--repair")[0] == 0


@pytest.mark.local_only("is about rows alone")
def test_a_lowered_quota_is_a_note(dev, tenant):
    owner = tenant(storage_quota="1000")
    owner.client.upload(b"a" * 600, "a.png")
    dev.console.succeed("tenant", "set-limits", owner.slug, "--storage-quota", "500")
    status, events, answer = audit.audit(dev, "--tenant", owner.slug)
    assert (status, answer["discrepancies"], answer["notes"]) == (0, 0, 1), events
    assert "600" in events[0]["text"] and "500" in events[0]["text"], events


@pytest.mark.local_only("asks no store")
@pytest.mark.parametrize(
    "arguments, status, mention",
    [
        (["--tenant", "nobody-here"], 2, "nobody-here"),
        (["--tenant", "-"], 2, "slug"),
        (["--remove-orphans"], 64, "--store and --repair"),
        (["--format", "yaml"], 64, "yaml"),
    ],
)
def test_what_cannot_be_done(dev, arguments, status, mention):
    result = audit.run(dev, *arguments)
    assert result.returncode == status and mention in result.stderr, console.explain(result)


@pytest.mark.local_only("asks no store")
def test_a_database_out_of_reach_is_no_discrepancy():
    result = console.run("audit", TOLLGATE_DATABASE_URL="postgresql://nobody:hidden-word@127.0.0.1:1/nothing")
    assert result.returncode == 2 and result.stdout == "", console.explain(result)
    assert result.stderr.startswith("Error: ") and "hidden-word" not in result.stderr, console.explain(result)


def test_an_object_without_an_upload_is_told_and_kept(dev, s3, tenant):
    owner = tenant()
    key = f"{owner.slug}/{uuid.uuid4()}.png"
    put(s3, dev, key, b"orphan")
    status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug)
    assert status == 1 and checks(events) == {"object_without_upload"}, events
    assert events[0]["object_key"] == key and events[0]["actual"] == "6", events
    # Without the word of the operator nothing is removed; with it, nothing that may still be on its way.
    for flags in ([], ["--remove-orphans"]):
        status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug, "--repair", *flags)
        assert status == 1 and checks(events, "left") == {"object_without_upload"}, events
    remove(s3, dev, key)
    assert_clean(dev, "--tenant", owner.slug)


@pytest.mark.local_only("an object's time can be changed there")
def test_an_old_object_without_an_upload_is_removed_where_the_operator_says_so(dev, s3, tenant):
    owner = tenant()
    key = f"{owner.slug}/{uuid.uuid4()}.png"
    put(s3, dev, key, b"orphan")
    path = dev.data / "objects" / dev.bucket / key
    os.utime(path, (time.time() - 86_400,) * 2)
    assert audit.audit(dev, "--store", "--tenant", owner.slug, "--repair")[0] == 1
    assert path.exists()
    status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug, "--repair", "--remove-orphans")
    assert status == 0 and not path.exists(), events
    assert_clean(dev, "--tenant", owner.slug)


def test_an_object_that_its_upload_has_forgotten_is_removed(dev, s3, tenant):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_size=3)
    owner.client.delete(ticket["id"])
    dev.database.forget_next_look(ticket["id"])
    # The counters still have what the upload held.
    assert audit.audit(dev, "--tenant", owner.slug, "--repair")[0] == 0
    put(s3, dev, ticket["key"], b"abc")
    status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug)
    assert status == 1 and checks(events) == {"object_left_behind"}, events
    assert events[0]["upload_id"] == ticket["id"] and events[0]["recorded"] == "aborted", events
    status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug, "--repair")
    assert status == 0 and [event["event"] for event in events] == ["found", "repaired"], events
    assert_clean(dev, "--tenant", owner.slug)


def test_a_vanished_object_is_told_and_left(dev, s3, tenant):
    owner = tenant()
    upload = owner.client.upload(b"abc", "a.png")
    remove(s3, dev, upload["key"])
    for flags, event in ([], "found"), (["--repair"], "left"):
        status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug, *flags)
        assert status == 1 and checks(events, event) == {"object_missing"}, events
        assert events[0]["upload_id"] == upload["id"] and events[0]["object_key"] == upload["key"], events
    owner.client.delete(upload["id"])
    assert_clean(dev, "--tenant", owner.slug)


@pytest.mark.parametrize("content", [b"cba", b"abcd"])
def test_a_swapped_object_is_told_and_left(dev, s3, tenant, content):
    owner = tenant()
    upload = owner.client.file(b"abc", file_type="image/png")
    put(s3, dev, upload["key"], content)
    for flags, event in ([], "found"), (["--repair"], "left"):
        status, events, _ = audit.audit(dev, "--store", "--tenant", owner.slug, *flags)
        assert status == 1 and checks(events, event) == {"object_changed"}, events
        assert events[0]["recorded"].startswith("3 bytes and ETag "), events
        assert events[0]["actual"].startswith(f"{len(content)} bytes and ETag "), events
    owner.client.delete(upload["id"])
    assert_clean(dev, "--tenant", owner.slug)


def test_a_swap_that_the_sweeper_is_yet_to_see_is_a_note(dev, tenant):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_size=3)
    owner.client.store(ticket, b"abc")
    owner.client.finish(ticket["id"])
    owner.client.store(ticket, b"cba")
    status, events, answer = audit.audit(dev, "--store", "--tenant", owner.slug)
    assert (status, answer["notes"]) == (0, 1) and checks(events, "note") == {"object_unsettled"}, events


def test_traffic_beside_it_raises_no_alarm(dev, tenant):
    owner = tenant()
    owner.client.list()
    over = threading.Event()

    def work(number):
        rounds = 0
        while not over.is_set():
            upload = owner.client.upload(b"x" * (number + 1), "a.png")
            file = owner.client.file(b"y" * (number + 1), file_type="image/png")
            replaced = owner.client.try_file(b"z" * (number + 2), method="PUT", path=f"/v1/files/{file['id']}")
            assert replaced.status_code in (200, 201), replaced.text
            owner.client.delete(upload["id"])
            if rounds % 2:
                owner.client.delete(file["id"])
            aborted = owner.client.start(file_name="b.png", file_size=2)
            owner.client.store(aborted, b"no")
            owner.client.delete(aborted["id"])
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work, number) for number in range(4)]
        try:
            for _ in range(5):
                assert_clean(dev, "--tenant", owner.slug)
                status, _, answer = audit.audit(dev, "--tenant", owner.slug, "--repair")
                assert (status, answer["discrepancies"]) == (0, 0), answer
        finally:
            over.set()
        assert all(worker.result() > 0 for worker in workers), "nothing went on beside the audit"
    assert_clean(dev, "--tenant", owner.slug)


@pytest.mark.local_only("is about rows alone")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_it_and_what_it_asked_the_database(dev, number):
    with dev.database.locked_uploads():
        process = subprocess.Popen(
            [console.binary(), "audit"],
            env=console.environment(**audit.settings(dev)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            wait_until(lambda: dev.database.waiting_statements() > 0, 20, "it asked for the uploads")
            process.send_signal(number)
            stdout, stderr = process.communicate(timeout=20)
        finally:
            process.kill()
        assert process.returncode == 130, (process.returncode, stdout, stderr)
        wait_until(lambda: dev.database.waiting_statements() == 0, 5, "its statement was over")
