"""What honest callers notice while somebody tries keys."""

import re
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from itertools import repeat

from support.console import Console

from .. import http, load
from ..figures import Findings
from ..gateway import wrong_keys

HONEST = 300  # starts a second
WRONG = (200, 1_000)  # wrong keys a second
CONNECTIONS = 64
WRONG_CONNECTIONS = 256
BUSY = "busy processor"
HEAD_START = 2  # seconds that wrong keys arrive for longer than honest callers are measured, at most
FORGOTTEN = 75  # seconds: past the 60 after which a key is proven again


def measure(bench):
    findings = Findings(f"Starts ({HONEST}/s, a key that is remembered) while wrong keys arrive")
    with load.generators(2) as pool:
        for _ in bench.runs:
            _phase(findings, bench, pool, "quiet", 0, bench.seconds)
            with _busy_processor():
                _phase(findings, bench, pool, BUSY, 0, bench.seconds)
            for rate in WRONG:
                _phase(findings, bench, pool, f"{rate:,} wrong keys/s", rate, bench.seconds)
        if not bench.options.quick:
            _phase(findings, bench, pool, f"{WRONG[0]:,} wrong keys/s for {FORGOTTEN} s", WRONG[0], FORGOTTEN)
    for rate in WRONG:
        findings.ratio(f"p99, {rate:,} wrong keys/s / quiet", f"{rate:,} wrong keys/s, p99", "quiet, p99", "<= 2")
        findings.ratio(f"p99, {rate:,} wrong keys/s / {BUSY}", f"{rate:,} wrong keys/s, p99", f"{BUSY}, p99")
    findings.note(f"{BUSY}: beside a process that computes at the lowest priority, nice 19, and asks the gateway nothing")
    findings.note("argon2 at its default cost; half of the wrong keys name the known id, half an unknown one")
    return findings


def _phase(findings, bench, pool, name, rate, seconds):
    """Each has a new key, proven just before, so that it is remembered for all of a short phase."""
    gateway = bench.gateway
    where = http.address(gateway.url)
    key = Console(gateway.address).create_key("hot", "storm", ["uploads:write"])["key"]
    start = http.start_request(key)
    load.work_off(where, [start] * 100, 1, 201)
    if rate:
        duration = seconds + HEAD_START
        bad = [http.start_request(wrong) for wrong in wrong_keys(key, rate * duration)]
        before = _refusals(gateway)
        attack = pool.apply_async(_wrong, (where, bad, rate, duration))
        # Under way: its connections are open, and argon2 has more to do than it can.
        deadline = time.monotonic() + HEAD_START
        while _refusals(gateway) < before + rate / 4:
            if time.monotonic() > deadline:
                raise load.Failed("the wrong keys were not refused in time")
            time.sleep(0.02)
    honest = pool.apply(_honest, (where, start, seconds))
    for percent in (50, 99):
        findings.add(f"{name}, p{percent}", "ms", honest.percentile(percent))
    findings.add(f"{name}: starts refused", "%", _share(honest.statuses, 503))
    if rate:
        findings.add(f"{name}: wrong keys refused unexamined (503)", "%", _share(attack.get(), 503))


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


def _share(statuses, status):
    return 100 * statuses[status] / statuses.total()


def _honest(where, start, seconds):
    result = load.constant_rate(where, repeat(start), HONEST, seconds, CONNECTIONS)
    if not set(result.statuses) <= {201, 503}:
        raise load.Failed(f"starts were answered with {dict(result.statuses)}")
    return result


def _wrong(where, bad, rate, seconds):
    result = load.constant_rate(where, iter(bad), rate, seconds, WRONG_CONNECTIONS)
    # Rate limits may answer too; nothing else may, least of all an admission.
    if not set(result.statuses) <= {401, 429, 503}:
        raise load.Failed(f"wrong keys were answered with {dict(result.statuses)}")
    return result.statuses
