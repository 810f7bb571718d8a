"""The gateway's memory over minutes of starts."""

import threading
import time
from pathlib import Path

from .. import wrk
from ..figures import Findings

CONNECTIONS = 64
SETTLED = 0.25  # of the time, after which memory should stand still


def measure(bench):
    findings = Findings(f"Memory of the gateway over {bench.options.minutes:g} minutes of starts ({CONNECTIONS} connections)")
    gateway = bench.start_gateway("memory")
    seconds = int(bench.options.minutes * 60)
    before = resident(gateway.pid)
    samples, ended = [], threading.Event()

    def sample():
        begin = time.monotonic()
        while not ended.wait(0.5):
            samples.append((time.monotonic() - begin, resident(gateway.pid)))

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        result = wrk.starts(gateway, gateway.hot_file, CONNECTIONS, seconds)
    finally:
        ended.set()
        sampler.join()
    settled = [size for at, size in samples if at >= SETTLED * seconds]
    findings.add("starts", "1/s", result["per_second"])
    findings.add("at rest, before", "MiB", before)
    findings.add(f"after {100 * SETTLED:.0f} % of the time", "MiB", settled[0])
    findings.add("at the end", "MiB", settled[-1])
    findings.add("most", "MiB", max(size for _, size in samples))
    findings.add("growth since then, per million starts", "MiB",
                 (settled[-1] - settled[0]) / (result["requests"] * (1 - SETTLED)) * 1e6)  # fmt: skip
    gateway.stop()
    return findings


def resident(pid):
    """VmRSS of proc(5) in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
