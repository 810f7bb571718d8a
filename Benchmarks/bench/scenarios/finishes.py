"""Finishes per second over the local store, of uploads that were really stored."""

import json

from .. import http, load
from ..figures import Findings

CONNECTIONS = (1, 16, 64)
CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(1016)
STARTERS = 16


def measure(bench):
    findings = Findings("Finishes of uploads (local store)")
    gateway = bench.gateway
    for _ in bench.runs:
        for connections in CONNECTIONS:
            uploads = _store(gateway, bench.options.finishes if connections > 1 else bench.options.finishes // 4)
            requests = [http.finish_request(gateway.hot.key, upload) for upload in uploads]
            seconds, bodies = load.work_off(http.address(gateway.url), requests, connections, 200)
            assert all(b'"status":"finished"' in body for body in bodies)
            findings.add(f"hot tenant at {connections}", "1/s", len(uploads) / seconds)
    findings.note("files of 1 KiB, started and stored before the clock runs; a load generator in Python, 30 us a request")
    return findings


def _store(gateway, count):
    """-> ids of uploads whose objects are there"""
    where = http.address(gateway.url)
    body = json.dumps({"file_name": "dot.png", "file_type": "image/png", "file_size": len(CONTENT)}).encode()
    start = http.request(
        "POST", "/v1/uploads", body, authorization=f"Bearer {gateway.hot.key}", content_type="application/json")
    _, answers = load.work_off(where, [start] * count, STARTERS, 201)
    tickets = [json.loads(answer) for answer in answers]
    load.work_off(where, [http.form_request(ticket, CONTENT) for ticket in tickets], STARTERS, 204)
    return [ticket["id"] for ticket in tickets]
