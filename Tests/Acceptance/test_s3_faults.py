"""An S3 store that dies or hangs: the caller is told soon, nothing is lost, and the same call succeeds afterwards."""

import os
import random
import socket
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.client import post_form
from support.database import Counters
from support.http import call, expect, expect_json, expect_problem
from support.processes import wait_until
from support.s3 import s3_client
from support.tenants import make_tenant

ENGINE = Path(__file__).parents[2] / "scripts/s3-engine"
IMPATIENT = {
    "TOLLGATE_STORAGE_S3_CONNECT_TIMEOUT_SECONDS": 1,
    "TOLLGATE_STORAGE_S3_REQUEST_TIMEOUT_SECONDS": 2,
    "TOLLGATE_STORAGE_S3_IDLE_TIMEOUT_SECONDS": 2,
}


def settings(endpoint, bucket="tollgate-test", key="TOLLGATEENGINE000001", secret="no-secret"):
    return {
        "TOLLGATE_STORAGE_BACKEND": "s3",
        "TOLLGATE_STORAGE_S3_ENDPOINT": endpoint,
        "TOLLGATE_STORAGE_S3_REGION": "us-east-1",
        "TOLLGATE_STORAGE_S3_BUCKET": bucket,
        "TOLLGATE_STORAGE_S3_PATH_STYLE": "true",
        "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID": key,
        "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY": secret,
    } | IMPATIENT


class Engine:
    """A SeaweedFS of the test's own, at one address for its whole life."""

    def __init__(self, directory):
        self.directory = directory
        self.start()

    def start(self):
        answer = subprocess.run(
            [ENGINE, "start", "seaweedfs", self.directory], capture_output=True, text=True, timeout=200
        )
        assert answer.returncode == 0, answer.stderr
        self.env = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)

    def kill(self):
        subprocess.run([ENGINE, "kill", self.directory], check=True, timeout=60)

    @property
    def settings(self):
        env = self.env
        return settings(env["S3_ENDPOINT"], env["S3_BUCKET"], env["S3_ACCESS_KEY"], env["S3_SECRET_KEY"])


@pytest.fixture
def engine(directories):
    made = Engine(directories() / "seaweedfs")
    yield made
    made.kill()


def expect_unavailable(response):
    problem = expect_problem(response, 503, "unavailable")
    assert int(response.headers["Retry-After"]) >= 1, response.headers
    return problem


def again(call, status=200):
    """The same call, until the gateway has noticed that its store is back."""
    answers = []

    def look():
        answers.append(call())
        return answers[-1].status_code == status

    wait_until(look, 30, f"the call succeeds again with {status}", lambda: answers[-1].text)
    return answers[-1]


def test_a_store_that_was_killed_costs_a_503_and_nothing_else(engine, fresh_dev):
    # A sweeper that sleeps: what is gone was removed by the call, not by it.
    gateway = fresh_dev(**engine.settings | {"TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS": 3600})
    owner = make_tenant(gateway, storage_quota="50MB")
    client = owner.client
    kept = client.upload(b"kept" * 1000, "kept.bin")
    doomed = client.upload(b"gone" * 1000, "doomed.bin")
    link = client.url(doomed["id"])["url"]
    waiting = client.start(file_name="waiting.bin", file_size=7000)
    client.store(waiting, b"waiting" * 1000)

    engine.kill()
    # A start asks nobody: the form is good as soon as the store is back.
    started = client.start(file_name="started.bin", file_size=5)
    expect_unavailable(client.try_finish(waiting["id"]))
    expect_unavailable(client.try_file(b"f" * 100_000, "file.bin"))
    answer = client.call("DELETE", f"/v1/uploads/{doomed['id']}")
    assert answer.status_code in (204, 503), answer.text
    assert expect_json(client.call("GET", "/readyz"), 503)["checks"]["store"] == "unavailable"
    expect(client.call("GET", f"/v1/uploads/{kept['id']}"), 200)

    engine.start()
    finished = expect_json(again(lambda: client.try_finish(waiting["id"])), 200)
    assert finished["size"] == 7000
    expect(post_form(started, b"12345"), 204)
    client.finish(started["id"])
    file = again(lambda: client.try_file(b"f" * 100_000, "file.bin"), 201).json()
    # Whatever the first was answered, a 204 says that the object is gone.
    expect(again(lambda: client.call("DELETE", f"/v1/uploads/{doomed['id']}"), 204), 204)
    expect(call("GET", link), 404)
    client.assert_stored(kept["id"], b"kept" * 1000)
    client.assert_stored(waiting["id"], b"waiting" * 1000)
    client.assert_stored(file["id"], b"f" * 100_000)
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects) == (4000 + 7000 + 5 + 100_000, 4), counters


def test_a_store_killed_in_the_middle_of_a_file_leaves_nothing_counted(engine, fresh_dev):
    gateway = fresh_dev(**engine.settings | {"TOLLGATE_STORAGE_S3_PART_MIB": 5})
    owner = make_tenant(gateway, storage_quota="200MB")
    content = os.urandom(60_000_000)
    answers = []
    # Through a slow pipe, so that the kill hits the middle.
    started = threading.Event()

    def body():
        boundary = b"middle-of-a-file"
        yield b"--" + boundary + b'\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        for offset in range(0, len(content), 1_000_000):
            if offset > 20_000_000:
                started.set()
                dead.wait(30)
            yield content[offset : offset + 1_000_000]
        yield b"\r\n--" + boundary + b"--\r\n"

    dead = threading.Event()
    headers = {"Content-Type": "multipart/form-data; boundary=middle-of-a-file"}

    def send():
        answers.append(owner.client.call("POST", "/v1/files", data=body(), headers=headers))

    sender = threading.Thread(target=send)
    sender.start()
    assert started.wait(30)
    engine.kill()
    dead.set()
    sender.join(60)
    assert not sender.is_alive() and answers, "the caller must be told"
    expect_unavailable(answers[0])
    engine.start()
    stored = again(lambda: owner.client.try_file(content, "a.bin"), 201).json()
    owner.client.assert_stored(stored["id"], content)
    counters = owner.counters
    assert (counters.used_bytes, counters.used_objects) == (len(content), 1), counters


def test_a_store_killed_in_the_middle_of_everything_loses_nothing(engine, fresh_dev):
    """Every answer is right or a 503, and what was answered 503 succeeds later."""
    gateway = fresh_dev(**engine.settings)
    owner = make_tenant(gateway, storage_quota="50MB")
    client = owner.client
    contents, tickets = {}, []
    for number in range(60):
        content = os.urandom(2000 + number)
        tickets.append(client.start(file_name=f"{number}.bin", file_size=len(content)))
        client.store(tickets[-1], content)
        contents[tickets[-1]["id"]] = content
    doomed = [client.file(b"doomed %d" % number, "a.bin") for number in range(30)]
    answers, some = [], threading.Event()

    def note(kind, answer, right):
        if answer.status_code == 503:
            expect_unavailable(answer)
        else:
            expect(answer, right)
        answers.append((kind, answer.status_code))
        if len(answers) > 25:
            some.set()
        return answer

    def start(number):
        note("start", client.try_start(file_name=f"s{number}.bin", file_size=10), 201)

    def finish(ticket):
        note("finish", client.try_finish(ticket["id"]), 200)

    def delete(upload):
        note("delete", client.call("DELETE", f"/v1/uploads/{upload['id']}"), 204)

    def file(number):
        answer = note("file", client.try_file(b"file %d" % number, f"f{number}.bin"), 201)
        if answer.status_code == 201:
            contents[answer.json()["id"]] = b"file %d" % number

    work = [(start, number) for number in range(20)] + [(file, number) for number in range(40)]
    work += [(finish, ticket) for ticket in tickets] + [(delete, upload) for upload in doomed]
    random.shuffle(work)
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(do, what) for do, what in work]
        some.wait(60)
        engine.kill()
        for one in running:
            one.result(120)
    told = Counter(answers)
    assert any(status == 503 for _, status in told), f"the kill came too late to be seen: {told}"
    assert ("start", 503) not in told, "a start needs no store"

    engine.start()
    for ticket in tickets:
        again(lambda: client.try_finish(ticket["id"]))
    for upload in doomed:
        again(lambda: client.call("DELETE", f"/v1/uploads/{upload['id']}"), 204)
    for upload_id, content in contents.items():
        client.assert_stored(upload_id, content)
    store = s3_client(gateway.env)
    listed = store.list_objects_v2(Bucket=gateway.bucket, Prefix=owner.slug + "/").get("Contents", [])
    left = {one["Key"] for one in listed} & {upload["key"] for upload in doomed}
    assert not left, f"deleted, and yet there: {left}"
    counters = owner.counters
    assert (counters.used_objects, counters.used_bytes) == (len(contents), sum(map(len, contents.values()))), told


@pytest.fixture
def hanging():
    """A store that takes connections and answers nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []

    def accept():
        while True:
            try:
                connections.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    for connection in connections:
        connection.close()


def test_a_store_that_hangs_holds_no_request_for_long(hanging, fresh_dev):
    gateway = fresh_dev(**settings(hanging) | {"TOLLGATE_STORAGE_S3_REQUEST_TIMEOUT_SECONDS": 1})
    owner = make_tenant(gateway)
    ticket = owner.client.start(file_name="a.bin", file_size=5)
    calls = [
        lambda: owner.client.try_finish(ticket["id"]),
        lambda: owner.client.try_file(b"x" * 1000, "b.bin"),
        lambda: owner.client.try_finish(ticket["id"]),
    ]
    for call in calls:
        begun = time.monotonic()
        expect_unavailable(call())
        # A second a try and a few tries; afterwards the circuit is open and answers at once.
        assert time.monotonic() - begun < 10
    assert owner.counters == Counters(0, 5, 0, 1, 1)
