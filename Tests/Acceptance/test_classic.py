"""The classic three-step contract, with and without the trailing slash, and under its other name."""

import pytest

from support import pictures
from support.client import post_form
from support.database import Counters
from support.http import expect, expect_json, expect_problem

pytestmark = pytest.mark.every_store

PATHS = ["/api/upload/{}/", "/api/upload/{}", "/api/files/upload/{}/", "/api/files/upload/{}"]


@pytest.fixture(params=PATHS)
def path(request):
    return request.param.format


def test_start_form_finish(path, tenant):
    owner = tenant()
    picture = pictures.png()
    members = {"file_name": "cool_logo.png", "file_type": "image/png"}
    started = expect_json(owner.client.call("POST", path("direct/start"), json=members), 200)
    assert {"id", "url", "fields"} <= set(started), started
    expect(post_form(started, picture), (200, 201, 204))
    finished = expect_json(owner.client.call("POST", path("direct/finish"), json={"file_id": started["id"]}), 200)
    assert finished["id"] == started["id"], finished
    upload = owner.client.get(started["id"])
    assert upload["status"] == "finished" and upload["size"] == len(picture), upload
    owner.client.assert_stored(started["id"], picture)
    assert owner.counters.used_bytes == len(picture)


def test_a_start_takes_size_and_user_too(tenant):
    owner = tenant()
    members = {"file_name": "a.png", "file_type": "image/png", "file_size": 7, "uploaded_by": "user-9"}
    started = expect_json(owner.client.call("POST", "/api/upload/direct/start/", json=members), 200)
    upload = owner.client.get(started["id"])
    assert (upload["declared_size"], upload["uploaded_by"]) == (7, "user-9"), upload
    assert owner.counters == Counters(0, 7, 0, 1, 1)


def test_a_file_goes_through_the_gateway_to_the_local_store(path, tenant):
    owner = tenant()
    picture = pictures.jpeg()
    members = {"file_name": "fjord.jpg", "file_type": "image/jpeg"}
    started = expect_json(owner.client.call("POST", path("direct/start"), json=members), 200)
    target = path(f"direct/local/{started['id']}")
    stored = expect_json(owner.client.call("POST", target, files={"file": ("fjord.jpg", picture)}), 200)
    assert stored["id"] == started["id"], stored
    expect_json(owner.client.call("POST", path("direct/finish"), json={"file_id": started["id"]}), 200)
    owner.client.assert_stored(started["id"], picture)
    assert owner.counters.used_bytes == len(picture)


def test_the_local_step_holds_to_the_declaration(tenant):
    owner = tenant()
    members = {"file_name": "a.png", "file_type": "image/png", "file_size": 10}
    started = expect_json(owner.client.call("POST", "/api/upload/direct/start/", json=members), 200)
    target = f"/api/upload/direct/local/{started['id']}/"
    for content in (b"x" * 9, b"x" * 11):
        response = owner.client.call("POST", target, files={"file": ("a.png", content)})
        assert response.status_code in (413, 422), response.text
        assert response.json()["detail"], response.text
    expect_problem(owner.client.try_finish(started["id"]), 409, "object-missing")


def test_a_standard_upload_is_one_call(path, tenant):
    owner = tenant()
    picture = pictures.png()
    response = owner.client.call("POST", path("standard"), files={"file": ("a.png", picture)})
    upload_id = expect_json(response, 201)["id"]
    assert owner.client.get(upload_id)["file_type"] == "image/png"
    owner.client.assert_stored(upload_id, picture)
    assert owner.counters == Counters(len(picture), 0, 1, 0, 0)


def test_errors_carry_a_detail(path, api):
    start, finish = path("direct/start"), path("direct/finish")
    for response, status in [
        (api.call("POST", start, json={"file_type": "image/png"}), 422),
        (api.call("POST", start, data=b"{", headers={"Content-Type": "application/json"}), 400),
        (api.call("POST", start, json={"file_name": "a.png", "file_type": "image/png", "file_size": 2**40}), 413),
        (api.call("POST", finish, json={"file_id": "0198c1a0-0000-7000-8000-000000000000"}), 404),
        (api.call("POST", finish, json={}), 422),
        (api.call("POST", path("standard"), json={}), 415),
    ]:
        expect(response, status)
        assert isinstance(response.json()["detail"], str) and response.json()["detail"], response.text


def test_a_finish_before_the_upload_is_refused(api):
    members = {"file_name": "a.png", "file_type": "image/png"}
    started = expect_json(api.call("POST", "/api/upload/direct/start/", json=members), 200)
    response = api.call("POST", "/api/upload/direct/finish/", json={"file_id": started["id"]})
    expect_problem(response, 409, "object-missing")
