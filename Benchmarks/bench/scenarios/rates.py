"""How long a start takes at constant rates, counted from the moment at which it was due."""

from itertools import repeat

from .. import http, load
from ..figures import Findings

RATES = (500, 1_000, 2_000)
CONNECTIONS = 64
PERCENTILES = (50, 90, 99, 99.9)


def measure(bench):
    findings = Findings("Latency of starts at constant rates (hot tenant)")
    gateway = bench.gateway
    where, start = http.address(gateway.url), http.start_request(gateway.hot.key)
    load.work_off(where, [start] * 2_000, 16, 201)
    with load.generators(1) as pool:
        for _ in bench.runs:
            for rate in RATES:
                result = pool.apply(_run, (where, start, rate, bench.seconds))
                for percent in PERCENTILES:
                    findings.add(f"{rate:,}/s, p{percent}", "ms", result.percentile(percent))
                findings.add(f"{rate:,}/s, generator late, p99", "ms", result.lateness(99))
    findings.note("open loop: a request is due whatever became of those before it; the generator's own lateness counts")
    return findings


def _run(where, start, rate, seconds):
    result = load.constant_rate(where, repeat(start), rate, seconds, CONNECTIONS)
    if set(result.statuses) != {201}:
        raise load.Failed(f"not every start was admitted: {dict(result.statuses)}")
    return result
