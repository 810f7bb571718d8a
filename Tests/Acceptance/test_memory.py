"""Files of any size pass through the gateway in flat memory."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.processes import peak_memory_bytes
from support.stores import SEAWEEDFS
from support.tenants import make_tenant

LIMIT = 150_000_000
GIB = 2**30


def curl(*arguments):
    """A streaming client: it reads the file piece by piece, and so needs little memory itself. -> the status"""
    command = ["curl", "--silent", "--show-error", "--max-time", "500", "--write-out", "%{http_code}", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"curl ended with {result.returncode}\n{result.stderr}\n{result.stdout[:2000]}"
    return result.stdout


def form_options(ticket, path):
    fields = [part for name, value in ticket["fields"].items() for part in ("--form-string", f"{name}={value}")]
    return [*fields, "--form", f"file=@{path}", ticket["url"]]


@pytest.fixture
def sparse(tmp_path):
    """Makes a file of zeros that takes no room on the disk."""

    def make(size):
        path = tmp_path / "large.bin"
        with open(path, "wb") as file:
            file.truncate(size)
        return path

    yield make
    (tmp_path / "large.bin").unlink(missing_ok=True)


def assert_flat(gateway, what, limit=LIMIT):
    peak = peak_memory_bytes(gateway.pid)
    print(f"{what}: the gateway's memory peaked at {peak / 1e6:.0f} MB")
    assert peak < limit, f"{what}: the gateway's memory peaked at {peak / 1e6:.0f} MB, over {limit / 1e6:.0f} MB"


@pytest.mark.slow
def test_two_gibibytes_pass_in_flat_memory(fresh_dev, sparse):
    gateway = fresh_dev()
    owner = make_tenant(gateway, max_file_bytes=str(4 * GIB), storage_quota=str(8 * GIB))
    size = 2 * GIB
    ticket = owner.client.start(file_name="large.bin", file_size=size, expires_in=900)
    status = curl(*form_options(ticket, sparse(size)))
    assert status == "204", status
    upload = owner.client.finish(ticket["id"])
    assert upload["size"] == size, upload
    assert_flat(gateway, "a form of 2 GiB")

    link = owner.client.url(ticket["id"])["url"]
    status = curl("--output", "/dev/null", "--write-out", "%{http_code} %{size_download}", link)
    assert status == f"200 {size}", status
    assert_flat(gateway, "a download of 2 GiB")

    owner.client.delete(ticket["id"])
    left = [path for path in gateway.files() if path.stat().st_size > GIB]
    assert left == [], f"deleted, and yet there: {left}"


@pytest.mark.slow
def test_a_file_through_the_gateway_passes_in_flat_memory(fresh_dev, sparse, tmp_path):
    gateway = fresh_dev()
    owner = make_tenant(gateway, max_file_bytes=str(GIB))
    size = 400_000_000
    answer = tmp_path / "answer.json"
    key = tmp_path / "header.txt"  # not on the command line, where other users could read it
    key.write_text(f"Authorization: Bearer {owner.key}\n")
    status = curl(
        "--header", f"@{key}", "--form", f"file=@{sparse(size)}", "--output", str(answer), gateway.url + "/v1/files"
    )
    assert status == "201", f"{status}\n{answer.read_text()}"
    assert_flat(gateway, "a file of 400 MB")
    assert owner.counters.used_bytes == size


@pytest.mark.slow
def test_two_gibibytes_through_the_gateway_into_s3_take_little_memory(fresh_dev, sparse, tmp_path):
    gateway = fresh_dev(**SEAWEEDFS.settings() | {"TOLLGATE_STORAGE_S3_PART_MIB": 8})
    owner = make_tenant(gateway, max_file_bytes=str(4 * GIB))
    size = 2 * GIB
    answer, key = tmp_path / "answer.json", tmp_path / "header.txt"
    key.write_text(f"Authorization: Bearer {owner.key}\n")
    status = curl(
        "--header", f"@{key}", "--form", f"file=@{sparse(size)}", "--output", str(answer), gateway.url + "/v1/files"
    )
    assert status == "201", f"{status}\n{answer.read_text()}"
    assert_flat(gateway, "a file of 2 GiB into S3", limit=200_000_000)
    assert owner.counters.used_bytes == size
    owner.client.delete(json.loads(answer.read_text())["id"])


@pytest.mark.slow
def test_many_uploads_at_once_pass_in_flat_memory(fresh_dev, sparse):
    gateway = fresh_dev()
    owner = make_tenant(gateway)
    size = 50_000_000
    path = sparse(size)
    tickets = [owner.client.start(file_name="large.bin", file_size=size) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda ticket: curl(*form_options(ticket, path)), tickets))
    assert statuses == ["204"] * 8, statuses
    assert_flat(gateway, "eight forms of 50 MB at once")
    for ticket in tickets:
        owner.client.finish(ticket["id"])
    assert owner.counters.used_bytes == 8 * size
