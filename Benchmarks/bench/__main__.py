"""`scripts/bench`: runs scenarios, prints a table of each, writes all of it as JSON."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The acceptance suite's support starts servers and speaks the API; here it does the same for the release build.
sys.path.insert(0, str(ROOT / "Tests/Acceptance"))
os.environ["TOLLGATE_BINARY"] = str(Path(os.environ.get("TOLLGATE_BINARY", ROOT / ".build/release/tollgate")).resolve())

from . import machine, scenarios  # noqa: E402
from .bench import Bench  # noqa: E402
from .processes import Failed  # noqa: E402

RESULTS = ROOT / "Benchmarks/results"


def main():
    options = _options()
    # Also where we were started with SIGINT ignored, as a shell's background jobs are.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    results, faults = {}, []
    try:
        with Bench(options) as bench:
            try:
                surroundings = machine.describe(bench)
                print(machine.show(surroundings), flush=True)
                for name in options.only:
                    begin = time.monotonic()
                    try:
                        findings = scenarios.ALL[name].measure(bench)
                    except (Failed, AssertionError) as fault:
                        faults.append(name)
                        print(f"\n{name}: FAILED: {fault}", file=sys.stderr, flush=True)
                        continue
                    results[name] = findings.json()
                    print(f"\n{findings.table()}\n  {name}: {time.monotonic() - begin:.0f} s", flush=True)
            finally:
                # Nothing interrupts the clearing up.
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_IGN)
    except KeyboardInterrupt:
        print("\nbench: interrupted; everything is cleared away", file=sys.stderr)
        return 130
    if results:
        print(f"\nwritten to {_write(surroundings, results)}")
    return 1 if faults else 0


def _options():
    parser = argparse.ArgumentParser(prog="scripts/bench", add_help=False)
    parser.add_argument("--only", type=_names, default=list(scenarios.ALL))
    parser.add_argument("--runs", type=_positive)
    parser.add_argument("--seconds", type=_positive)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rows", type=_positive)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--default-argon2", action="store_true")
    parser.add_argument("--scratch", type=Path, default=Path("/var/tmp"))
    options = parser.parse_args()
    standard = {"runs": 5, "seconds": 5, "minutes": 2, "rows": 10_000_000, "finishes": 4_000, "tenants": 2_000, "cold": 200}
    quick = {"runs": 1, "seconds": 2, "minutes": 0.25, "rows": 200_000, "finishes": 800, "tenants": 100, "cold": 20}
    for name, value in (quick if options.quick else standard).items():
        if getattr(options, name, None) is None:
            setattr(options, name, value)
    return options


def _names(text):
    names = text.split(",")
    unknown = [name for name in names if name not in scenarios.ALL]
    if unknown:
        raise argparse.ArgumentTypeError(f"no scenario {', '.join(unknown)}; there are {', '.join(scenarios.ALL)}")
    return [name for name in scenarios.ALL if name in names]


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _interrupt(*_):
    raise KeyboardInterrupt


def _write(surroundings, results):
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{surroundings['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.write_text(json.dumps({"machine": surroundings, "scenarios": results}, indent=2) + "\n")
    return path.relative_to(ROOT)


sys.exit(main())
