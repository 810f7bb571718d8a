"""Load by `wrk`, which costs the shared processors little: throughput, and a flood of wrong keys."""

import json
from pathlib import Path

from .processes import Failed, run

SCRIPT = Path(__file__).parent / "load.lua"
FLOOD = Path(__file__).parent / "flood.lua"
START = '{"file_name": "cool_logo.png", "file_type": "image/png", "file_size": 48213}'


def _run(script, gateway, path, connections, seconds, arguments):
    url = gateway.url + path
    out = run("wrk", "-t", 1, "-c", connections, "-d", f"{seconds}s", "--timeout", "30s", "-s", script, url, "--", *arguments)
    result = json.loads(next(line for line in out.splitlines() if line.startswith("{")))
    result["per_second"] = result["requests"] / result["seconds"]
    return result


def _load(gateway, path, connections, seconds, arguments):
    result = _run(SCRIPT, gateway, path, connections, seconds, arguments)
    # A refusal is quicker than a start: a run that has any measured something else.
    if result["status"] or result["socket"]:
        raise Failed(f"wrk at {path} had errors: {result}; statuses in the gateway's log: {gateway.statuses()}")
    return result


def starts(gateway, keys, connections, seconds):
    """`keys`: a file with one key a line, used in turn. -> {"per_second", "p50_ms", "p99_ms", ...}"""
    return _load(gateway, "/v1/uploads", connections, seconds, [keys, START])


def nothing(gateway, connections, seconds):
    """The server's own cost of a request: a route that does nothing, behind the same middleware."""
    return _load(gateway, "/healthz", connections, seconds, [])


def flood(gateway, keys, rate, connections, seconds):
    """Starts with the wrong keys of a file, `rate` a second. -> {"per_second", "401", "429", "503", ...}"""
    result = _run(FLOOD, gateway, "/v1/uploads", connections, seconds, [keys, rate, START])
    # Rate limits may answer too; nothing else may, least of all an admission.
    if result["other"] or result["socket"]:
        raise Failed(f"wrong keys were answered otherwise than with a refusal: {result}")
    if result["per_second"] < rate * 0.9:
        raise Failed(f"{result['per_second']:.0f} wrong keys a second came, not {rate}")
    return result
