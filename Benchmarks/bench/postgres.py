"""A PostgreSQL server of the run's own, durable, and pgbench on it."""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from statistics import median

import psycopg
from support.cluster import Cluster, free_port

from .processes import Failed, run

# Debian's defaults but for room: enough memory and WAL that a short run is not all checkpoints.
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "cluster_name": "tollgate-bench",
}
# What decides about durability; printed, and insisted on.
DURABILITY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class BenchCluster(Cluster):
    """In the run's own directory rather than in /tmp, which may be memory."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir()
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else ""
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        self._run("initdb", "--pgdata", self.data, "--username", "tollgate", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C")  # fmt: skip
        with open(self.data / "postgresql.conf", "a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        self.start()
        found = self.settings(DURABILITY)
        if found != DURABILITY:
            raise Failed(f"PostgreSQL is not durable: {found}")

    def settings(self, names):
        with psycopg.connect(self.url()) as connection:
            return {name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in names}

    def checkpoint(self):
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def restart(self):
        self.stop()
        self.start()

    def remove(self):
        with suppress(subprocess.TimeoutExpired):
            super().remove()


def pgbench(cluster, database, tenant, clients, seconds, scratch):
    """The work of one start at one commit a request. -> {"per_second", "p50_ms", "p99_ms"}"""
    script = Path(__file__).parent / "start.sql"
    prefix = Path(scratch) / "pgbench"
    out = run("pgbench", "--no-vacuum", "--protocol=prepared", f"--file={script}", f"--define=tenant={tenant.id}",
              f"--define=key={tenant.id}", f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={seconds}",
              "--log", f"--log-prefix={prefix}", cluster.url(database))  # fmt: skip
    times = []
    for log in prefix.parent.glob("pgbench.*"):
        times += [int(line.split()[2]) for line in log.read_text().splitlines()]
        log.unlink()
    times.sort()
    rate = re.search(r"^tps = ([0-9.]+)", out, re.MULTILINE)
    return {
        "per_second": float(rate[1]),
        "p50_ms": median(times) / 1e3,
        "p99_ms": times[len(times) * 99 // 100] / 1e3,
    }
