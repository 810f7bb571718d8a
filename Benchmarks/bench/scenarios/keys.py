"""What a key costs: one that must be proven, one that is remembered, and the memory of all that were seen."""

import json
import time
from statistics import median

from support.metrics import metrics

from .. import http, load
from ..figures import Findings
from ..gateway import DEFAULT_ARGON2, QUICK_ARGON2, argon2id
from .memory import resident

KEYS_EACH = 20
WARM = 10  # times as many requests of each kind, in turn, as there are cold ones
CONNECTIONS = 16


def measure(bench):
    tenants, cold = bench.options.tenants, bench.options.cold
    findings = Findings(f"Keys: {tenants:,} tenants with {KEYS_EACH} each")
    gateway = bench.start_gateway("keys")
    crowd, _ = gateway.make_crowd(bench.scratch, tenants, QUICK_ARGON2)
    cheap = gateway.add_keys(crowd * (KEYS_EACH - 1), QUICK_ARGON2)
    # Beside those, as no key is cold twice.
    dear = gateway.add_keys((crowd * KEYS_EACH)[: cold * len(bench.runs)], DEFAULT_ARGON2)
    where = http.address(gateway.url)
    load.work_off(where, [_request(gateway.hot.key)] * WARM * cold, 1, 201)
    for run in bench.runs:
        _cold(findings, where, dear[run * cold :][:cold])
        _warm(findings, where, gateway.hot.key, WARM * cold)
    _memory(findings, gateway, [tenant.key for tenant in crowd] + cheap)
    gateway.stop()
    return findings


def _request(key):
    body = json.dumps({"uploaded_by": "user-42"}).encode()
    return http.request("POST", "/v1/tokens", body, authorization=f"Bearer {key}", content_type="application/json")


def _cold(findings, where, keys):
    """Each key for the first time, and between two of them what cannot be saved."""
    requests, alone = [], []
    with http.connect(where) as connection:
        for key in keys:
            alone.append(_took(lambda key=key: argon2id(key, *DEFAULT_ARGON2)))
            requests.append(_took(lambda key=key: _ask(connection, _request(key), 201)))
    for percent in (50, 99):
        cold, argon2 = _percentile(requests, percent), _percentile(alone, percent)
        findings.add(f"cold key, p{percent}", "ms", cold * 1e3)
        findings.add(f"one argon2, p{percent}", "ms", argon2 * 1e3)
        findings.add(f"cold - one argon2, p{percent}", "ms", (cold - argon2) * 1e3, "<= 5")


def _warm(findings, where, key, count):
    asked, nothing = [], []
    request, healthz = _request(key), http.request("GET", "/healthz")
    with http.connect(where) as connection:
        for _ in range(count):
            asked.append(_took(lambda: _ask(connection, request, 201)))
            nothing.append(_took(lambda: _ask(connection, healthz, 200)))
    for percent in (50, 99):
        findings.add(f"remembered key, p{percent}", "us", _percentile(asked, percent) * 1e6)
        findings.add(f"do-nothing, p{percent}", "us", _percentile(nothing, percent) * 1e6)
    findings.add("remembered - do-nothing, p50", "us", (median(asked) - median(nothing)) * 1e6)


def _memory(findings, gateway, keys):
    gateway.stop()
    passes, kibibytes = QUICK_ARGON2
    gateway.settings |= {"TOLLGATE_KEYS_ARGON2_ITERATIONS": passes, "TOLLGATE_KEYS_ARGON2_MEMORY_KIB": kibibytes}
    gateway.start()
    where = http.address(gateway.url)
    rounds = {
        f"{len(keys):,} requests of one key": [gateway.hot.key] * len(keys),
        f"{len(keys):,} keys, once each": keys,
        f"{len(keys):,} keys, once more": keys,
    }
    sizes = []
    for name, round_keys in rounds.items():
        seconds, _ = load.work_off(where, [_request(key) for key in round_keys], CONNECTIONS, 201)
        sizes.append(resident(gateway.pid))
        findings.add(f"memory after {name}", "MiB", sizes[-1])
        findings.add(f"{name}", "1/s", len(keys) / seconds)
    remembered = metrics(gateway.url).value("tollgate_key_cache_keys", cache="api_keys")
    findings.add("keys remembered", "", remembered)
    findings.add("memory a remembered key", "KiB", (sizes[1] - sizes[0]) * 1024 / remembered)
    findings.note("cold keys: further ones, at the default cost of argon2; for the memory, keys at the least cost that it allows")


def _ask(connection, request, expected):
    connection.sendall(request)
    answer = http.receive(connection)
    if answer.status != expected:
        raise load.Failed(f"answered with {answer.status}: {answer.body[:500]!r}")


def _took(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _percentile(times, percent):
    return sorted(times)[min(len(times) - 1, int(len(times) * percent / 100))]
