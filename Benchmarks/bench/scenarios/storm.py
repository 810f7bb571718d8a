"""What honest callers notice while somebody tries keys."""

from itertools import repeat

from support.console import Console

from .. import http, load
from ..figures import Findings
from ..gateway import wrong_keys

HONEST = 300  # starts a second
WRONG = (200, 1_000)  # wrong keys a second
CONNECTIONS = 64
WRONG_CONNECTIONS = 256
FORGOTTEN = 75  # seconds: past the 60 after which a key is proven again


def measure(bench):
    findings = Findings(f"Starts ({HONEST}/s, a key that is remembered) while wrong keys arrive")
    with load.generators(2) as pool:
        for _ in bench.runs:
            _phase(findings, bench, pool, "quiet", 0, bench.seconds)
            for rate in WRONG:
                _phase(findings, bench, pool, f"{rate:,} wrong keys/s", rate, bench.seconds)
        if not bench.options.quick:
            _phase(findings, bench, pool, f"{WRONG[0]:,} wrong keys/s for {FORGOTTEN} s", WRONG[0], FORGOTTEN)
    for rate in WRONG:
        findings.ratio(f"p99, {rate:,} wrong keys/s / quiet", f"{rate:,} wrong keys/s, p99", "quiet, p99", "<= 2")
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
        bad = [http.start_request(wrong) for wrong in wrong_keys(key, rate * seconds)]
        attack = pool.apply_async(_wrong, (where, bad, rate, seconds))
    honest = pool.apply(_honest, (where, start, seconds))
    for percent in (50, 99):
        findings.add(f"{name}, p{percent}", "ms", honest.percentile(percent))
    findings.add(f"{name}: starts refused", "%", _share(honest.statuses, 503))
    if rate:
        findings.add(f"{name}: wrong keys refused unexamined (503)", "%", _share(attack.get(), 503))


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
