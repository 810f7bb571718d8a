"""What honest callers notice while somebody tries keys."""

import re
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat

from support.console import Console

from .. import http, load, wrk
from ..figures import Findings
from ..gateway import wrong_keys

HONEST = 300  # starts a second
WRONG = (200, 1_000)  # wrong keys a second
CONNECTIONS = 64
WRONG_CONNECTIONS = 256
BUSY = "busy processor"
HEAD_START = 2  # seconds that wrong keys arrive for longer than honest callers are measured, at most
PATIENCE = 20  # seconds until a new key must be proven
FORGOTTEN = 75  # seconds: past the 60 after which a key is proven again


def measure(bench):
    findings = Findings(f"Starts ({HONEST}/s, a key that is remembered) while wrong keys arrive")
    # Its own: whoever comes from the address of a flood is slower to prove for a while, which is no matter of other scenarios.
    gateway = bench.start_gateway("storm")
    with load.generators(1) as honest, ThreadPoolExecutor(1) as floods:
        def phase(name, rate, seconds):
            _phase(findings, bench, gateway, honest, floods, name, rate, seconds)

        for _ in bench.runs:
            phase("quiet", 0, bench.seconds)
            with _busy_processor():
                phase(BUSY, 0, bench.seconds)
            for rate in WRONG:
                phase(f"{rate:,} wrong keys/s", rate, bench.seconds)
        if not bench.options.quick:
            phase(f"{WRONG[0]:,} wrong keys/s for {FORGOTTEN} s", WRONG[0], FORGOTTEN)
    for rate in WRONG:
        findings.ratio(f"p99, {rate:,} wrong keys/s / quiet", f"{rate:,} wrong keys/s, p99", "quiet, p99", "<= 2")
        findings.ratio(f"p99, {rate:,} wrong keys/s / {BUSY}", f"{rate:,} wrong keys/s, p99", f"{BUSY}, p99")
    findings.note(f"{BUSY}: beside a process that computes at the lowest priority, nice 19, and asks the gateway nothing")
    findings.note("argon2 at its default cost; half of the wrong keys name the known id, half an unknown one")
    return findings


def _phase(findings, bench, gateway, honest, floods, name, rate, seconds):
    """Each has a new key, proven just before, so that it is remembered for all of a short phase."""
    where = http.address(gateway.url)
    key = Console(gateway.address).create_key("hot", "storm", ["uploads:write"])["key"]
    start = http.start_request(key)
    _prove(where, start)
    load.work_off(where, [start] * 100, 1, 201)
    if rate:
        duration = seconds + HEAD_START
        bad = bench.scratch / "wrong.keys"
        bad.write_text("".join(wrong + "\n" for wrong in wrong_keys(key, rate * duration)))
        before = _refusals(gateway)
        attack = floods.submit(wrk.flood, gateway, bad, rate, WRONG_CONNECTIONS, duration)
        # Under way: its connections are open, and they are answered.
        deadline = time.monotonic() + HEAD_START
        while _refusals(gateway) < before + rate / 4:
            if time.monotonic() > deadline:
                raise load.Failed("the wrong keys were not refused in time")
            time.sleep(0.02)
    starts = honest.apply(_honest, (where, start, seconds))
    for percent in (50, 99):
        findings.add(f"{name}, p{percent}", "ms", starts.percentile(percent))
    findings.add(f"{name}: starts refused", "%", 100 * starts.statuses[503] / starts.statuses.total())
    if rate:
        wrong = attack.result()
        findings.add(f"{name}: wrong keys", "/s", wrong["per_second"])
        findings.add(f"{name}: wrong keys refused unexamined (503)", "%", 100 * wrong["503"] / wrong["requests"])


def _prove(where, start):
    """Waits out what the flood before has left: whoever asks from its address with a key that nobody has seen yet."""
    deadline = time.monotonic() + PATIENCE
    with http.connect(where) as connection:
        while True:
            connection.sendall(start)
            answer = http.receive(connection)
            if answer.status == 201:
                return
            if answer.status not in (429, 503) or time.monotonic() > deadline:
                raise load.Failed(f"a new key was answered with {answer.status}: {answer.body!r}")
            time.sleep(1)  # what Retry-After says


def _refusals(gateway):
    """How many credentials it has refused, for whatever reason."""
    with urllib.request.urlopen(gateway.url + "/metrics", timeout=10) as page:
        text = page.read().decode()
    return sum(
        float(value)
        for value in re.findall(r'^tollgate_http_requests_total\{[^}]*status="(?:4|5)[^}]*\} (\S+)$', text, re.MULTILINE))


@contextmanager
def _busy_processor():
    child = subprocess.Popen(["nice", "-n", "19", "sh", "-c", "while :; do :; done"])
    try:
        yield
    finally:
        child.kill()
        child.wait()


def _honest(where, start, seconds):
    result = load.constant_rate(where, repeat(start), HONEST, seconds, CONNECTIONS)
    if not set(result.statuses) <= {201, 503}:
        raise load.Failed(f"starts were answered with {dict(result.statuses)}")
    return result
