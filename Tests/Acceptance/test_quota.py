"""Quotas are exact, whatever happens at once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import post_form
from support.database import Counters
from support.http import expect_problem, explain

pytestmark = pytest.mark.every_store

MB = 1_000_000


def at_once(count, work):
    """Runs `work(n)` in `count` threads that all begin together."""
    barrier = threading.Barrier(count)

    def one(number):
        barrier.wait(30)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_two_hundred_starts_at_once_get_exactly_what_fits(tenant):
    owner = tenant(storage_quota="50MB")
    owner.client.list()  # the key is verified once before the rush
    answers = at_once(200, lambda number: owner.client.try_start(file_name=f"{number}.png", file_size=MB))
    statuses = Counter(answer.status_code for answer in answers)
    others = [explain(answer) for answer in answers if answer.status_code not in (201, 403)]
    assert statuses == {201: 50, 403: 150}, f"{statuses}\n{others[:1]}"

    tickets = [answer.json() for answer in answers if answer.status_code == 201]
    assert len({ticket["id"] for ticket in tickets}) == 50
    # Each ticket shows the counters as they were with it: fifty different sums, none over the quota.
    shown = [ticket["quota"]["storage_bytes"] for ticket in tickets]
    assert all(one["limit"] == 50 * MB and one["used"] == 0 for one in shown), shown
    assert all(one["available"] == one["limit"] - one["used"] - one["reserved"] >= 0 for one in shown), shown
    for answer in answers:
        if answer.status_code == 403:
            problem = expect_problem(answer, 403, "quota-exceeded")
            assert problem["quota"] == {
                "name": "storage_bytes", "limit": 50 * MB, "used": 0, "reserved": 50 * MB, "requested": MB,
            }, problem  # fmt: skip
    assert owner.counters == Counters(0, 50 * MB, 0, 50, 50)
    assert Counter(owner.gateway.database.statuses(owner.slug).values()) == {"pending": 50}


def test_a_refused_large_start_costs_no_small_one_its_place(tenant):
    owner = tenant(storage_quota="10MB")
    owner.client.list()
    sizes = [11 * MB, MB] * 10
    answers = at_once(20, lambda number: owner.client.try_start(file_name="a.png", file_size=sizes[number]))
    assert [answer.status_code for answer in answers] == [403, 201] * 10, [answer.status_code for answer in answers]
    assert owner.counters == Counters(0, 10 * MB, 0, 10, 10)


def test_the_quota_is_reached_to_the_byte(tenant):
    owner = tenant(storage_quota="1000")
    owner.client.start(file_name="a.png", file_size=400)
    problem = expect_problem(owner.client.try_start(file_name="b.png", file_size=601), 403, "quota-exceeded")
    assert problem["quota"] == {"name": "storage_bytes", "limit": 1000, "used": 0, "reserved": 400, "requested": 601}
    ticket = owner.client.start(file_name="b.png", file_size=600)
    assert ticket["quota"]["storage_bytes"]["available"] == 0, ticket
    expect_problem(owner.client.try_start(file_name="c.png", file_size=1), 403, "quota-exceeded")


def test_an_object_quota_counts_used_and_reserved(tenant):
    owner = tenant(object_quota=3)
    owner.client.upload(b"abc", "a.png")
    answers = at_once(10, lambda number: owner.client.try_start(file_name="a.png", file_size=1))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 403: 8}
    problem = expect_problem(next(answer for answer in answers if answer.status_code == 403), 403, "quota-exceeded")
    assert problem["quota"] == {"name": "objects", "limit": 3, "used": 1, "reserved": 2, "requested": 1}, problem
    assert owner.counters == Counters(3, 2, 1, 2, 2)


def test_pending_uploads_are_limited(tenant):
    owner = tenant(max_pending_uploads=2)
    first = owner.client.start(file_name="a.png", file_size=1)
    owner.client.start(file_name="b.png", file_size=1)
    problem = expect_problem(owner.client.try_start(file_name="c.png", file_size=1), 403, "quota-exceeded")
    assert problem["quota"]["name"] == "pending_uploads" and problem["quota"]["limit"] == 2, problem
    owner.client.store(first, b"x")
    owner.client.finish(first["id"])
    owner.client.start(file_name="c.png", file_size=1)
    assert owner.counters.pending_uploads == 2


def test_a_finish_moves_the_reservation_to_use(tenant):
    owner = tenant(storage_quota="1000")
    ticket = owner.client.start(file_name="a.png", file_size=400)
    assert owner.counters == Counters(0, 400, 0, 1, 1)
    owner.client.store(ticket, b"x" * 400)
    assert owner.counters == Counters(0, 400, 0, 1, 1)
    owner.client.finish(ticket["id"])
    assert owner.counters == Counters(400, 0, 1, 0, 0)


def test_an_undeclared_finish_holds_the_rest_while_the_form_lives(tenant):
    """The form could still store up to its upper end: what it could add stays reserved."""
    owner = tenant(max_file_bytes="1000", storage_quota="5000")
    ticket = owner.client.start(file_name="a.png")
    owner.client.store(ticket, b"x" * 400)
    owner.client.finish(ticket["id"])
    counters = owner.counters
    assert (counters.used_bytes, counters.reserved_bytes, counters.pending_uploads) == (400, 600, 0), counters


def test_an_abort_gives_nothing_back_while_the_form_lives(tenant):
    """Else start, abort, upload would be free storage."""
    owner = tenant(storage_quota="1000")
    ticket = owner.client.start(file_name="a.png", file_size=1000)
    owner.client.delete(ticket["id"])
    counters = owner.counters
    assert (counters.used_bytes, counters.reserved_bytes) == (0, 1000), counters
    problem = expect_problem(owner.client.try_start(file_name="b.png", file_size=1), 403, "quota-exceeded")
    assert problem["quota"]["reserved"] == 1000, problem
    assert post_form(ticket, b"x" * 1000).status_code == 204, "a form cannot be called back"


def test_deletes_at_once_give_back_once(tenant):
    owner = tenant(storage_quota="1000")
    upload = owner.client.upload(b"x" * 600, "a.png")
    keep = owner.client.upload(b"y" * 400, "b.png")
    answers = at_once(8, lambda _: owner.client.call("DELETE", f"/v1/uploads/{upload['id']}").status_code)
    assert answers == [204] * 8, answers
    # The use is given back once; the form still lives, so its room stays reserved.
    assert owner.counters == Counters(400, 600, 1, 1, 0)
    owner.client.assert_stored(keep["id"], b"y" * 400)


def test_files_through_the_gateway_share_the_quota(tenant):
    owner = tenant(storage_quota="5000")
    owner.client.list()
    answers = at_once(20, lambda number: owner.client.try_file(b"x" * 1000, f"{number}.png"))
    statuses = Counter(answer.status_code for answer in answers)
    # While bytes arrive more may be reserved than will be used, so fewer than five may pass at once, never more.
    assert set(statuses) <= {201, 403} and 1 <= statuses[201] <= 5, [explain(answer) for answer in answers][:1]
    assert owner.counters == Counters(1000 * statuses[201], 0, statuses[201], 0, 0)
    while owner.counters.used_bytes < 5000:
        owner.client.file(b"x" * 1000)
    expect_problem(owner.client.try_file(b"x"), 403, "quota-exceeded")
    assert owner.counters == Counters(5000, 0, 5, 0, 0)


def test_tenants_do_not_share_a_quota(tenant):
    full, empty = tenant(storage_quota="1000"), tenant(storage_quota="1000")
    full.client.upload(b"x" * 1000, "a.png")
    empty.client.upload(b"x" * 1000, "a.png")
    assert full.counters == empty.counters == Counters(1000, 0, 1, 0, 0)
