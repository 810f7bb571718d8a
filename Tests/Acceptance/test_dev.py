"""`tollgate dev`: ready when it says so, keeps everything, stops all of it."""

import os
import signal
import socket
import stat
import subprocess
import time

import pytest

from support import forms, processes
from support.http import call, expect
from support.keys import digit_order
from support.raw import RawConnection
from support.tenants import make_tenant

NAMES = "URL KEY OPERATOR_KEY DATABASE_URL STORAGE_ENDPOINT STORAGE_BUCKET STORAGE_REGION"
NAMES += " STORAGE_ACCESS_KEY_ID STORAGE_SECRET_ACCESS_KEY"


def test_dev_env_tells_all_that_a_client_needs(dev):
    assert {"TOLLGATE_" + name for name in NAMES.split()} <= set(dev.env), sorted(dev.env)
    digit_order(dev.env["TOLLGATE_KEY"])
    digit_order(dev.env["TOLLGATE_OPERATOR_KEY"])
    assert dev.env["TOLLGATE_STORAGE_ENDPOINT"].rstrip("/") == dev.url + "/storage"
    expect(dev.client().call("GET", "/v1/uploads"), 200)


def test_dev_env_can_be_read_by_a_shell(dev):
    script = '. "$1/dev.env" && printf "%s\\n" ' + " ".join(f'"$TOLLGATE_{name}"' for name in NAMES.split())
    result = subprocess.run(
        ["sh", "-euc", script, "sh", dev.data], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [dev.env["TOLLGATE_" + name] for name in NAMES.split()]


def test_secrets_on_disk_are_for_the_owner_alone(dev):
    mode = stat.S_IMODE((dev.data / "dev.env").stat().st_mode)
    assert mode & 0o077 == 0, f"dev.env can be read by others: {mode:o}"


def test_it_prints_its_url(dev):
    assert dev.url in dev.log.read_text(errors="replace"), dev.told()


def test_the_database_does_not_run_as_root_and_listens_on_no_outside_address(dev):
    postmaster = dev.database.postmaster()
    assert os.stat(f"/proc/{postmaster}").st_uid != 0, "PostgreSQL runs as root"
    addresses = dev.database.setting("listen_addresses")
    assert set(filter(None, addresses.replace(" ", "").split(","))) <= {"localhost", "127.0.0.1", "::1"}, addresses


def test_the_gateway_listens_on_loopback_alone(dev):
    port = int(dev.url.rsplit(":", 1)[1])
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(path) as table:
            for line in table.readlines()[1:]:
                local, state = line.split()[1], line.split()[3]
                if state == "0A" and int(local.split(":")[1], 16) == port:
                    assert local.startswith(("0100007F", "00000000000000000000000001000000")), line


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_stops_all_of_it_and_the_next_start_keeps_everything(fresh_dev, with_signal):
    gateway = fresh_dev()
    demo = gateway.client()
    first = demo.upload(b"first", "a.txt")
    owner = make_tenant(gateway, storage_quota="1000")
    second = owner.client.upload(b"second", "b.txt")
    pending = owner.client.start(file_name="c.txt", file_size=10)
    before = owner.counters
    gateway.stop(with_signal)  # asserts status 0 and no process left
    assert not processes.mentioning(str(gateway.data)), "something still works on the data"

    gateway.start()
    demo.base = owner.client.base = gateway.url
    assert demo.list()["data"][0]["id"] == first["id"]
    demo.assert_stored(first["id"], b"first")
    expect(gateway.client().call("GET", f"/v1/uploads/{first['id']}"), 200)
    owner.client.assert_stored(second["id"], b"second")
    assert owner.counters == before
    assert owner.client.get(pending["id"])["status"] == "pending"


def test_a_signal_lets_a_running_request_end(fresh_dev):
    gateway = fresh_dev()
    client = gateway.client()
    ticket = client.start(file_name="a.bin", file_size=1_000_000)
    with RawConnection(ticket["url"]) as connection:
        head, tail = forms.before_file(ticket["fields"]) + b"x" * 500_000, b"x" * 500_000 + forms.after_file()
        connection.head(Content_Type=forms.content_type(), Content_Length=len(head) + len(tail), Connection="close")
        connection.send(head)
        processes.wait_until(connection.drained, 10, "the gateway had read the first half")
        gateway.process.send_signal(signal.SIGTERM)
        processes.wait_until(lambda: refuses_connections(gateway.url), 10, "it took no new connections")
        connection.send(tail)
        answer = connection.answer()
    assert answer is not None and answer.status == 204, f"{answer}\n{gateway.told()}"
    assert gateway.process.wait(30) == 0, gateway.told()
    gateway.start()
    client.base = gateway.url
    client.finish(ticket["id"])


def test_a_signal_lets_a_connection_speak_that_was_just_made(fresh_dev):
    gateway = fresh_dev()
    with RawConnection(gateway.url + "/healthz") as connection:
        gateway.process.send_signal(signal.SIGTERM)
        processes.wait_until(lambda: refuses_connections(gateway.url, 0.2), 10, "it took no new connections")
        connection.head("GET", Connection="close")
        answer = connection.answer()
    assert answer is not None and answer.status == 200, f"{answer}\n{gateway.told()}"
    assert gateway.process.wait(30) == 0, gateway.told()


def test_a_connection_that_says_nothing_does_not_hold_a_stop_up(fresh_dev):
    gateway = fresh_dev()
    with RawConnection(gateway.url + "/healthz"):
        begin = time.monotonic()
        gateway.stop()
        assert time.monotonic() - begin < 15


def refuses_connections(url, within=1):
    host, port = url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), within).close()
        return False
    except OSError:
        return True


def test_a_second_dev_on_the_same_data_is_refused_and_harms_nothing(fresh_dev):
    gateway = fresh_dev()
    upload = gateway.client().upload(b"abc", "a.txt")
    before = (gateway.data / "dev.env").read_bytes()
    second = fresh_dev(data=gateway.data, start=False)
    second.spawn()
    status = second.process.wait(30)
    assert status > 0, second.told()
    told = second.log.read_text().lower()
    assert "already" in told or "in use" in told or "another" in told, second.told()
    assert "fatal error" not in told, second.told()
    assert (gateway.data / "dev.env").read_bytes() == before
    assert gateway.running(), gateway.told()
    gateway.client().assert_stored(upload["id"], b"abc")


def test_a_port_in_use_is_refused_and_leaves_no_process(fresh_dev):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        gateway = fresh_dev(port=port, start=False)
        gateway.spawn()
        status = gateway.process.wait(60)
    assert status > 0, gateway.told()
    told = gateway.log.read_text()
    assert str(port) in told and "fatal error" not in told.lower(), gateway.told()
    processes.wait_until(
        lambda: not processes.mentioning(str(gateway.data)), 10, "everything of it had ended", gateway.told
    )
    # The same data starts well on a free port.
    again = fresh_dev(data=gateway.data)
    expect(call("GET", again.url + "/healthz"), 200)


def test_a_data_directory_that_cannot_be_made_is_refused(fresh_dev, tmp_path):
    (tmp_path / "file").write_text("not a directory")
    gateway = fresh_dev(data=tmp_path / "file" / "data", start=False)
    gateway.spawn()
    assert gateway.process.wait(30) > 0, gateway.told()
    told = gateway.log.read_text()
    assert str(tmp_path / "file") in told and "fatal error" not in told.lower(), gateway.told()


def test_a_long_path_of_data_is_no_obstacle(fresh_dev, directories):
    """The path of a UNIX socket may have 107 bytes; a directory's may have more."""
    gateway = fresh_dev(data=directories() / ("deep-" * 12) / ("deeper-" * 12) / "data")
    gateway.client().upload(b"abc", "a.txt")
