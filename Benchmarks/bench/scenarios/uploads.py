"""Bytes per second into the local store, beside the disk itself and nginx."""

import os
from itertools import product

from ..figures import Findings
from ..files import StoreForm, WebDAV, disk_rate, upload_rate

SIZES = (1, 64)  # MiB
CLIENTS = (1, 8)


def measure(bench):
    findings = Findings("Uploads into the local store")
    quick = bench.start_gateway("undurable", TOLLGATE_STORAGE_LOCAL_DURABLE="false")
    targets = {
        "local store": StoreForm(bench.gateway),
        "local store, not durable": StoreForm(quick),
        "nginx PUT": WebDAV(bench.nginx),
    }
    cases = {f"{size} MiB, clients: {clients}": (size, clients) for size, clients in product(SIZES, CLIENTS)}
    for _ in bench.runs:
        for case, (size, clients) in cases.items():
            source = bench.source(size)
            os.sync()
            findings.add(f"dd conv=fsync: {case}", "MB/s", disk_rate(bench.scratch, source, clients, bench.seconds) / 1e6)
            for name, target in targets.items():
                # What the one before left to be written is none of the next one's business.
                os.sync()
                findings.add(f"{name}: {case}", "MB/s", upload_rate(target, source, clients, bench.seconds) / 1e6)
    for case, size_and_clients in cases.items():
        findings.ratio(f"local store / dd: {case}", f"local store: {case}", f"dd conv=fsync: {case}",
                       ">= 0.8" if size_and_clients == (64, 1) else "")  # fmt: skip
        findings.ratio(f"not durable / nginx: {case}", f"local store, not durable: {case}", f"nginx PUT: {case}", ">= 0.5")
    quick.stop()
    findings.note("nginx neither waits for the disk nor digests; the local store computes the MD5 that is its ETag")
    return findings
