"""Lists of uploads: order, filters, pages."""

import pytest

from support.http import expect_problem
from support.tenants import make_tenant


@pytest.fixture(scope="module")
def owner(dev):
    made = make_tenant(dev)
    made.ids = [
        made.client.start(file_name=f"{n}.png", file_size=1, uploaded_by=f"user-{n % 2}")["id"] for n in range(7)
    ]
    return made


def test_the_newest_comes_first(owner):
    listed = [upload["id"] for upload in owner.client.list()["data"]]
    assert [upload for upload in listed if upload in owner.ids] == owner.ids[::-1]


def test_pages_follow_each_other_without_gap_or_repetition(owner):
    seen, cursor, pages = [], None, 0
    while True:
        page = owner.client.list(limit=3, **({"cursor": cursor} if cursor else {}))
        assert len(page["data"]) <= 3
        seen += [upload["id"] for upload in page["data"]]
        pages, cursor = pages + 1, page["next_cursor"]
        if cursor is None or pages > 5:
            break
        if pages == 1:  # what is started meanwhile is newer, and so on no later page
            late = owner.client.start(file_name="late.png", file_size=1, uploaded_by="late")["id"]
    owner.client.delete(late)
    assert seen == owner.ids[::-1]


def test_a_list_can_be_limited_to_a_user_and_a_status(owner):
    ids = [upload["id"] for upload in owner.client.list(uploaded_by="user-1")["data"]]
    assert ids == owner.ids[1::2][::-1]
    assert owner.client.list(status="finished") == {"data": [], "next_cursor": None}
    assert owner.client.list(uploaded_by="user-1' OR 'x'='x") == {"data": [], "next_cursor": None}
    pending = owner.client.list(status="pending", uploaded_by="user-0")["data"]
    assert [upload["id"] for upload in pending] == owner.ids[0::2][::-1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=-1", "limit=many", "status=done", "cursor=%FF%00", "cursor=next"]
)
def test_a_bad_query_is_refused(owner, query):
    expect_problem(owner.client.call("GET", "/v1/uploads?" + query), 400, "malformed-request")
