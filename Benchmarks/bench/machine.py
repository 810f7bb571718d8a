"""Where and of what the figures are: without that they say nothing."""

import datetime
import os
import platform
import subprocess
from pathlib import Path

from .postgres import DURABILITY, SETTINGS

ROOT = Path(__file__).resolve().parents[2]


def describe(bench):
    return {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": _told("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "processors": os.cpu_count(),
        "processor": _field("/proc/cpuinfo", "model name"),
        "memory": _field("/proc/meminfo", "MemTotal"),
        "kernel": platform.release(),
        "autogroup": _autogroup(),
        "file_system": _told("stat", "--file-system", "--format=%T", bench.scratch),
        "postgresql": bench.cluster.settings(["server_version", *DURABILITY, *SETTINGS, "wal_sync_method"]),
        "options": {name: str(value) if isinstance(value, Path) else value for name, value in vars(bench.options).items()},
    }


def show(machine):
    settings = " ".join(f"{name}={value}" for name, value in machine["postgresql"].items())
    return (
        f"{machine['at']}  commit {machine['commit'] or 'unknown'}\n"
        f"{machine['processors']} x {machine['processor']}, {machine['memory']}, Linux {machine['kernel']}, "
        f"sched_autogroup_enabled={machine['autogroup']}, {machine['file_system']}\nPostgreSQL: {settings}"
    )


def _autogroup():
    """Whether Linux shares processors out between sessions, whatever the priorities in them (sched(7))."""
    setting = Path("/proc/sys/kernel/sched_autogroup_enabled")
    return setting.read_text().strip() if setting.exists() else "none"


def _told(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else None


def _field(path, name):
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return "unknown"
