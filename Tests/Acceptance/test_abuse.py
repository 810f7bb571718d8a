"""What a tenant might try in order to store more than is counted."""

from contextlib import contextmanager

import pytest

from support import forms
from support.client import Client, post_form
from support.http import expect, expect_problem
from support.processes import wait_until
from support.raw import RawConnection
from support.tenants import make_tenant

QUICK = {
    "TOLLGATE_UPLOADS_GRACE_SECONDS": 1,
    "TOLLGATE_UPLOADS_WINDOW_SECONDS": 5,
    "TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS": 1,
}


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


@contextmanager
def file_on_its_way(owner, content, path="/v1/files", method="POST"):
    """A file that has arrived in part: -> (connection, its upload)."""
    with RawConnection(owner.gateway.url + path) as connection:
        connection.head(
            method, Content_Type=forms.content_type(), Transfer_Encoding="chunked", Authorization=f"Bearer {owner.key}"
        )
        connection.send(chunk(forms.before_file({"file_name": "a.bin"}) + content))
        found = []
        wait_until(lambda: found.extend(owner.client.list(status="pending")["data"]) or found, 10, "it is pending")
        yield connection, found[0]


def end(connection, content=b""):
    connection.send(chunk(content + forms.after_file()) + b"0\r\n\r\n")
    return connection.answer()


def test_a_file_on_its_way_is_nobody_elses_to_write(tenant):
    owner = tenant()
    with file_on_its_way(owner, b"x") as (connection, upload):
        other = owner.client.call(
            "POST", f"/api/upload/direct/local/{upload['id']}/", files={"file": ("a.bin", b"y" * 5000)}
        )
        expect_problem(other, 409, "invalid-state")
        assert end(connection).status == 201
    owner.client.assert_stored(upload["id"], b"x")
    assert owner.counters.used_bytes == 1


def test_a_file_deleted_while_it_arrives_leaves_nothing(tenant):
    owner = tenant()
    with file_on_its_way(owner, b"x" * 1000) as (connection, upload):
        owner.client.delete(upload["id"])
        assert owner.counters.reserved_bytes > 0, "what is still arriving must stay reserved"
        answer = end(connection, b"deleted-meanwhile" * 1000)
        assert answer.status == 409, answer
    assert owner.gateway.files_holding(b"deleted-meanwhile") == []
    assert owner.counters.used_bytes == 0


def test_a_file_that_arrives_too_slowly_is_given_up(fresh_dev):
    owner = make_tenant(fresh_dev(**QUICK))
    with file_on_its_way(owner, b"slow-file" * 1000) as (connection, upload):
        wait_until(lambda: connection.send(chunk(b"x")) and connection.has_answer(0.2), 20, "it was refused")
        answer = connection.answer()
        assert answer is None or answer.status == 400, answer
    wait_until(lambda: owner.client.get(upload["id"])["status"] == "aborted", 10, "it was ended")
    assert owner.gateway.files_holding(b"slow-file") == []


def test_a_key_renews_no_form_that_it_could_not_have_started(tenant):
    owner = tenant()
    ticket = owner.client.start(file_name="a.png", file_type="image/png", file_size=2000)
    for option in (["--allowed-type", "text/plain"], ["--max-file-bytes", "1000"]):
        narrow = owner.gateway.console.create_key(owner.slug, "narrow", ["uploads:write"], *option)
        client = Client(owner.gateway.url, narrow["key"])
        response = client.call("POST", f"/v1/uploads/{ticket['id']}/renew")
        assert response.status_code in (413, 422), response.text
        local = f"/api/upload/direct/local/{ticket['id']}/"
        response = client.call("POST", local, files={"file": ("a.png", b"x" * 2000)})
        assert response.status_code in (413, 422), response.text
    expect(post_form(ticket, b"x" * 2000), 204)
    owner.client.finish(ticket["id"])


@pytest.mark.parametrize("value", ["%00", "a%00b", "%0a", "x" * 256])
def test_a_list_by_an_impossible_name_is_refused(api, value):
    expect_problem(api.call("GET", f"/v1/uploads?uploaded_by={value}"), 400, "malformed-request")


def test_metadata_names_that_read_the_same_are_refused_not_lost(api):
    response = api.call(
        "POST",
        "/v1/uploads",
        data='{"file_name": "a.png", "metadata": {"\\u00e9": "1", "e\\u0301": "2"}}',
        headers={"Content-Type": "application/json"},
    )
    expect_problem(response, 422, "invalid-request")
