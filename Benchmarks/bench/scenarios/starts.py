"""Starts per second, beside what the database alone and the server alone do in the same run."""

from .. import http, load, wrk
from ..figures import Findings
from ..postgres import pgbench

CONNECTIONS = (1, 16, 64)


def measure(bench):
    findings = Findings("Starts of uploads")
    gateway, crowd = bench.gateway, bench.crowd_file
    # Each key of the crowd is verified before the clock runs: over one connection, so that none is refused as too many.
    keys = crowd.read_text().split()
    load.work_off(http.address(gateway.url), [http.start_request(key) for key in keys], 1, 201)
    wrk.starts(gateway, gateway.hot_file, 64, 2)
    for _ in bench.runs:
        for connections in CONNECTIONS:
            at = f"at {connections}"
            told = {
                f"hot tenant {at}": wrk.starts(gateway, gateway.hot_file, connections, bench.seconds),
                f"1,000 tenants {at}": wrk.starts(gateway, crowd, connections, bench.seconds),
                f"do-nothing route {at}": wrk.nothing(gateway, connections, bench.seconds),
                f"pgbench {at}": pgbench(
                    bench.cluster, gateway.database_name, gateway.hot, connections, bench.seconds, bench.scratch),
            }
            for name, result in told.items():
                findings.add(name, "1/s", result["per_second"])
            for name, result in told.items():
                findings.add(f"{name}, p50", "ms", result["p50_ms"])
                findings.add(f"{name}, p99", "ms", result["p99_ms"])
            if connections == 1:
                more = told[f"hot tenant {at}"]["p50_ms"] - told[f"pgbench {at}"]["p50_ms"]
                findings.add(f"hot tenant - pgbench {at}, p50", "ms", more, "<= 1")
    for connections in CONNECTIONS:
        at = f"at {connections}"
        hot = f"hot tenant {at}"
        findings.ratio(f"hot tenant / pgbench {at}", hot, f"pgbench {at}", ">= 8" if connections == 64 else "")
        findings.ratio(f"hot tenant / do-nothing {at}", hot, f"do-nothing route {at}", ">= 0.5" if connections == 64 else "")
        findings.ratio(f"1,000 tenants / hot tenant {at}", f"1,000 tenants {at}", hot, ">= 0.9")
    findings.note("pgbench: the same work for the hot tenant, one statement and one commit a start")
    if not bench.options.default_argon2:
        findings.note("keys of the 1,000 tenants are hashed at the least argon2 cost; --default-argon2 hashes them as usual")
    return findings
