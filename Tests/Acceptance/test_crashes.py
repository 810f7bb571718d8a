"""kill -9 of the gateway: what is there afterwards is whole, counted, and can be worked on."""

import contextlib
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from support import forms
from support.client import post_form
from support.http import expect
from support.processes import kill_all, wait_until
from support.raw import RawConnection
from support.tenants import make_tenant


def assert_store_is_whole(gateway, contents):
    """Wherever a piece of one of `contents` (key: bytes) lies on the disk, it is the whole object under its key."""
    for path in gateway.files():
        found = path.read_bytes()
        for key, whole in contents.items():
            if whole[:1000] in found:
                assert str(path).endswith(f"/{gateway.bucket}/{key}"), f"{path} holds a piece of {key}"
                assert found == whole, f"{path} has {len(found)} of {len(whole)} bytes, or others"


def restarted(gateway, owner):
    """Starts it again on the same data; the tenant's key still holds, at the new address."""
    gateway.start()
    owner.client.base = gateway.url
    return gateway


@pytest.mark.parametrize("route", ["store", "files"])
def test_a_kill_in_the_middle_of_an_upload_leaves_no_half_object(fresh_dev, route):
    gateway = fresh_dev()
    owner = make_tenant(gateway, storage_quota="50MB")
    whole = os.urandom(300_000)
    kept = owner.client.upload(whole, "kept.bin")
    half = os.urandom(5_000_000)
    ticket = owner.client.start(file_name="half.bin", file_size=len(half))

    url = ticket["url"] if route == "store" else gateway.url + "/v1/files"
    fields = ticket["fields"] if route == "store" else {"file_name": "half.bin"}
    headers = {"Authorization": f"Bearer {owner.key}"} if route == "files" else {}
    with RawConnection(url) as connection:
        body = forms.before_file(fields) + half
        connection.head(
            Content_Type=forms.content_type(), Content_Length=len(body) + len(forms.after_file()), **headers
        )
        connection.send(body[: len(body) // 2])
        # The bytes have left us; whether they lie in a file yet shows whether the kill hits the middle of a write.
        wait_for_bytes(gateway, half[:1000])
        gateway.kill()

    restarted(gateway, owner)
    # Objects whose marker is on disk after the restart would be a half object or a forgotten temporary file.
    assert gateway.files_holding(half[:1000]) == []
    assert_store_is_whole(gateway, {kept["key"]: whole, ticket["key"]: half})
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects) == (len(whole), 1), counters
    owner.client.assert_stored(kept["id"], whole)

    assert owner.client.try_finish(ticket["id"]).json()["code"] == "object-missing"
    again = owner.client.renew(ticket["id"])  # the port is another one, and so is the store's address
    owner.client.store(again, half)
    owner.client.finish(ticket["id"])
    owner.client.assert_stored(ticket["id"], half)
    counters = owner.counters
    assert counters.used_bytes == len(whole) + len(half), counters


def wait_for_bytes(gateway, marker):
    """Until the gateway has written some of it to a file, if it does so under a name at all."""
    # An unnamed temporary file (O_TMPFILE) shows nowhere, and dies with its process.
    with contextlib.suppress(AssertionError):
        wait_until(lambda: gateway.files_holding(marker), 3, "bytes arrived")


@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6) for _ in range(2)])
def test_a_kill_in_the_middle_of_finishes_keeps_the_counters_exact(fresh_dev, seed):
    chance = random.Random(seed)
    gateway = fresh_dev()
    owner = make_tenant(gateway, storage_quota="50MB")
    contents = {}
    tickets = []
    for number in range(40):
        content = chance.randbytes(chance.randrange(1000, 20_000))
        tickets.append(owner.client.start(file_name=f"{number}.bin", file_size=len(content)))
        owner.client.store(tickets[-1], content)
        contents[tickets[-1]["key"]] = content

    answered = set()
    some = threading.Event()
    enough = chance.randrange(5, 30)

    def finish(ticket):
        try:
            if owner.client.try_finish(ticket["id"]).status_code == 200:
                answered.add(ticket["id"])
                if len(answered) >= enough:
                    some.set()
        except requests.RequestException:
            pass  # the gateway is gone

    with ThreadPoolExecutor(16) as pool:
        work = [pool.submit(finish, ticket) for ticket in tickets]
        some.wait(60)
        time.sleep(chance.random() * 0.005)  # not a wait for anything: the random moment itself
        gateway.kill()
        for one in work:
            one.result()

    restarted(gateway, owner)
    told = f"seed {seed}: killed after {len(answered)} of {len(tickets)} finishes"
    statuses = gateway.database.statuses(owner.slug)
    assert set(statuses.values()) <= {"pending", "finished"}, (told, statuses)
    lost = [upload_id for upload_id in answered if statuses[upload_id] != "finished"]
    assert not lost, f"{told}: answered as finished, and yet forgotten: {lost}"
    gateway.database.assert_exact(owner.slug)
    assert_store_is_whole(gateway, contents)

    for ticket in tickets:
        assert owner.client.finish(ticket["id"])["status"] == "finished", told
        owner.client.assert_stored(ticket["id"], contents[ticket["key"]])
    counters = owner.counters
    total = sum(map(len, contents.values()))
    assert (counters.used_bytes, counters.used_objects) == (total, len(tickets)), (told, counters)
    assert (counters.reserved_bytes, counters.reserved_objects, counters.pending_uploads) == (0, 0, 0), (told, counters)


def test_a_kill_in_the_middle_of_starts_loses_no_reservation(fresh_dev):
    gateway = fresh_dev()
    owner = make_tenant(gateway, storage_quota="50MB")
    owner.client.list()
    tickets = []
    some = threading.Event()

    def start(number):
        try:
            answer = owner.client.try_start(file_name=f"{number}.bin", file_size=1000)
            if answer.status_code == 201:
                tickets.append(answer.json())
                if len(tickets) >= 30:
                    some.set()
        except requests.RequestException:
            pass  # the gateway is gone

    with ThreadPoolExecutor(16) as pool:
        work = [pool.submit(start, number) for number in range(200)]
        some.wait(60)
        gateway.kill()
        for one in work:
            one.result()

    restarted(gateway, owner)
    statuses = gateway.database.statuses(owner.slug)
    assert {ticket["id"] for ticket in tickets} <= set(statuses), "a ticket was handed out and forgotten"
    counters = owner.counters
    assert counters.reserved_bytes == 1000 * len(statuses) and counters.pending_uploads == len(statuses), counters


def test_a_killed_gateway_can_be_killed_again_and_again(fresh_dev):
    gateway = fresh_dev()
    owner = make_tenant(gateway)
    uploads = []
    for round_number in range(3):
        uploads.append(owner.client.upload(b"%d" % round_number, "a.bin"))
        gateway.kill()
        restarted(gateway, owner)
    assert [one["id"] for one in owner.client.list(status="finished")["data"]] == [one["id"] for one in uploads[::-1]]
    for round_number, upload in enumerate(uploads):
        owner.client.assert_stored(upload["id"], b"%d" % round_number)
    assert owner.counters.used_objects == 3
    # Stopping it at the end (the fixture does) must leave nothing behind of the killed ones either.


def test_a_gateway_killed_together_with_its_database_recovers(fresh_dev):
    gateway = fresh_dev()
    owner = make_tenant(gateway)
    upload = owner.client.upload(b"abc", "a.bin")
    family = gateway.members()
    gateway.kill()
    kill_all(family)
    restarted(gateway, owner)
    owner.client.assert_stored(upload["id"], b"abc")
    ticket = owner.client.start(file_name="b.bin", file_size=3)
    expect(post_form(ticket, b"abc"), 204)
    owner.client.finish(ticket["id"])
    assert owner.counters.used_objects == 2
