"""Starts on a table that holds millions of uploads, beside an empty one."""

import time
from pathlib import Path
from uuid import UUID

import psycopg

from .. import wrk
from ..bench import CROWD
from ..figures import Findings
from ..gateway import QUICK_ARGON2

CONNECTIONS = (16, 64)
CHUNK = 500_000


def measure(bench):
    rows = bench.options.rows
    findings = Findings(f"Starts (hot tenant) on a table of {rows:,} uploads")
    large = bench.start_gateway("large")
    _fill(bench, large, rows)
    gateways = {f"{rows:,} rows": large, "empty": bench.start_gateway("empty")}
    for gateway in gateways.values():
        wrk.starts(gateway, gateway.hot_file, 64, 5)
    for _ in bench.runs:
        for connections in CONNECTIONS:
            for name, gateway in gateways.items():
                result = wrk.starts(gateway, gateway.hot_file, connections, bench.seconds)
                findings.add(f"{name}, at {connections}", "1/s", result["per_second"])
                findings.add(f"{name}, at {connections}, p99", "ms", result["p99_ms"])
    for connections in CONNECTIONS:
        findings.ratio(f"{rows:,} rows / empty, at {connections}", f"{rows:,} rows, at {connections}",
                       f"empty, at {connections}", ">= 0.8")  # fmt: skip
    for gateway in gateways.values():
        gateway.stop()
    return findings


def _fill(bench, gateway, rows):
    """Finished uploads with their ledger entries, half of them the hot tenant's; then the counters that they add up to."""
    crowd, _ = gateway.make_crowd(bench.scratch, CROWD, QUICK_ARGON2)
    # As uuid[] from the beginning: an array of texts would be cast anew for each row.
    tenants = [UUID(tenant.id) for tenant in [gateway.hot, *crowd]]
    insertion, counters, _ = (Path(__file__).parent / "table.sql").read_text().split(";\n")
    until = int(time.time())
    gateway.stop()  # it starts again on the database as it then is
    with psycopg.connect(gateway.address, autocommit=True) as connection:
        # Foreign keys hold by construction; looking each one up would double the time.
        connection.execute("SET session_replication_role = replica")
        for first in range(0, rows, CHUNK):
            last = min(rows, first + CHUNK) - 1
            connection.execute(
                insertion, {"tenants": tenants, "rows": rows, "first": first, "last": last, "until": until})
        connection.execute(counters)
        connection.execute("VACUUM (ANALYZE) uploads, usage_entries, tenant_usage")
    bench.cluster.checkpoint()
    bench.cluster.restart()
    gateway.start()
