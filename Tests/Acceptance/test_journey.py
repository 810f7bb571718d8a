"""The main job: start, upload, finish; the picture is stored, listed, counted, and comes back identical."""

import json
import subprocess

import pytest

from support import pictures
from support.database import Counters
from support.secrets import BOOK

pytestmark = pytest.mark.every_store


def curl(*arguments, key=None):
    """-> (status, body), by the curl of the machine; the key travels on stdin, not on the command line."""
    given = f'header = "Authorization: Bearer {key}"\n' if key else ""
    command = ["curl", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}", *arguments]
    result = subprocess.run([*command, "--config", "-"], input=given.encode(), capture_output=True)
    assert result.returncode == 0, f"$ {' '.join(command)}\n{result.stderr.decode()}"
    body, _, status = result.stdout.rpartition(b"\n")
    return int(status), body


@pytest.mark.parametrize(
    "file_name, file_type, make",
    [("cool_logo.png", "image/png", pictures.png), ("fjord.jpg", "image/jpeg", pictures.jpeg)],
)
def test_three_curl_calls_store_a_real_picture(dev, tenant, tmp_path, file_name, file_type, make):
    owner = tenant(storage_quota="50MB")
    picture = tmp_path / file_name
    picture.write_bytes(make())
    size = picture.stat().st_size

    members = json.dumps({"file_name": file_name, "file_type": file_type, "file_size": size})
    json_type = "Content-Type: application/json"
    status, body = curl("--data", members, "--header", json_type, dev.url + "/v1/uploads", key=owner.key)
    assert status == 201, (status, body)
    ticket = json.loads(body)
    BOOK.note_form(ticket["fields"])

    fields = [part for name, value in ticket["fields"].items() for part in ("--form-string", f"{name}={value}")]
    status, body = curl(*fields, "--form", f"file=@{picture}", ticket["url"])
    assert status == 204, (status, body)

    status, body = curl("--request", "POST", f"{dev.url}/v1/uploads/{ticket['id']}/finish", key=owner.key)
    assert status == 200, (status, body)
    upload = json.loads(body)
    assert upload["status"] == "finished" and upload["size"] == size, upload

    listed = owner.client.list()
    assert [one["id"] for one in listed["data"]] == [ticket["id"]], listed
    assert listed["data"][0]["status"] == "finished" and listed["next_cursor"] is None, listed
    response = owner.client.assert_stored(ticket["id"], picture.read_bytes())
    assert response.headers["Content-Type"] == file_type
    assert owner.counters == Counters(size, 0, 1, 0, 0)


def test_a_deleted_upload_is_gone_from_store_and_count(tenant):
    owner = tenant()
    picture = pictures.png()
    upload = owner.client.upload(picture)
    link = owner.client.url(upload["id"])["url"]
    owner.client.delete(upload["id"])
    # Its form still lives and cannot be called back, so what it could bring once more stays reserved.
    held = Counters(0, len(picture), 0, 1, 0)
    assert owner.counters == held
    after = owner.client.get(upload["id"])
    assert after["status"] == "deleted" and after["deleted_at"], after
    owner.client.delete(upload["id"])
    assert owner.counters == held
    status, body = curl(link)
    assert status == 404 and b"<Code>NoSuchKey</Code>" in body, (status, body)


def test_what_was_told_at_the_start_is_kept(api):
    picture = pictures.png()
    metadata = {"album": "7", "Ünïcode": "smørrebrød 🍞", "empty": ""}
    upload = api.upload(picture, "Schöne Grüße.png", uploaded_by="user-42 / Zoë", metadata=metadata)
    for seen in (upload, api.get(upload["id"]), api.list(uploaded_by="user-42 / Zoë")["data"][0]):
        assert seen["file_name"] == "Schöne Grüße.png", seen
        assert seen["uploaded_by"] == "user-42 / Zoë", seen
        assert seen["metadata"] == metadata, seen
        assert seen["declared_size"] == seen["size"] == len(picture), seen


def test_an_upload_has_every_member_of_the_contract(api):
    upload = api.upload(pictures.png())
    members = (
        "id status file_name file_type key declared_size size checksum_sha256 etag uploaded_by api_key_id metadata"
    )
    members += " rejection created_at expires_at finished_at deleted_at"
    missing = set(members.split()) - set(upload)
    assert not missing, f"missing {missing} in {upload}"
    assert upload["metadata"] == {} and upload["uploaded_by"] is None, upload
    assert upload["rejection"] is None and upload["deleted_at"] is None, upload
