"""Throughput by `wrk`, which costs the shared processors little."""

import json
from pathlib import Path

from .processes import Failed, run

SCRIPT = Path(__file__).parent / "load.lua"
START = '{"file_name": "cool_logo.png", "file_type": "image/png", "file_size": 48213}'


def _load(gateway, path, connections, seconds, arguments):
    url = gateway.url + path
    out = run("wrk", "-t", 1, "-c", connections, "-d", f"{seconds}s", "--timeout", "30s", "-s", SCRIPT, url, "--", *arguments)
    result = json.loads(next(line for line in out.splitlines() if line.startswith("{")))
    # A refusal is quicker than a start: a run that has any measured something else.
    if result["status"] or result["socket"]:
        raise Failed(f"wrk at {path} had errors: {result}; statuses in the gateway's log: {gateway.statuses()}")
    result["per_second"] = result["requests"] / result["seconds"]
    return result


def starts(gateway, keys, connections, seconds):
    """`keys`: a file with one key a line, used in turn. -> {"per_second", "p50_ms", "p99_ms", ...}"""
    return _load(gateway, "/v1/uploads", connections, seconds, [keys, START])


def nothing(gateway, connections, seconds):
    """The server's own cost of a request: a route that does nothing, behind the same middleware."""
    return _load(gateway, "/healthz", connections, seconds, [])
