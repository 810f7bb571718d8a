"""What Linux says of processes: who descends from whom, who still lives, how much memory was used."""

import contextlib
import os
import signal
import time
from pathlib import Path


def wait_until(condition, timeout, what, explain=lambda: ""):
    """Polls `condition` until it returns something true, and hands that back; `timeout` is in seconds."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout} s in vain until {what}\n{explain()}")
        time.sleep(0.02)


def _stat(pid):
    """Parent and start time (ticks since boot) of a process, or None when it is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent, *rest = text[text.rindex(")") + 2 :].split()
    return None if state in "ZX" else (int(parent), int(rest[17]))


def _all():
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(entry)):
            found[int(entry)] = stat
    return found


def identity(pid):
    """The pair that names one process for good: its number and its start time."""
    stat = _stat(pid)
    return (pid, stat[1]) if stat else None


def parent(pid):
    stat = _stat(pid)
    return stat[0] if stat else None


def descendants(root):
    """`root` and everything below it, as identities."""
    everything = _all()
    members, grew = {root}, True
    while grew:
        more = {pid for pid, (above, _) in everything.items() if above in members} - members
        members |= more
        grew = bool(more)
    return {(pid, everything[pid][1]) for pid in members if pid in everything}


def alive(identities):
    return {known for known in identities if identity(known[0]) == known}


def kill_all(identities):
    """SIGKILL to each, and waits until none is left, not even as a zombie that process 1 has not reaped yet.

    PostgreSQL takes a zombie of that number for a living server, and would not start.
    """
    for pid, _ in sorted(alive(identities)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def left():
        return [pid for pid, _ in identities if os.path.exists(f"/proc/{pid}") and not identity(pid)]

    wait_until(lambda: not alive(identities) and not left(), 60, "the killed processes were gone", lambda: str(left()))


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def mentioning(text):
    """Identities of all processes whose command line holds `text`, this one excepted."""
    return {(pid, start) for pid, (_, start) in _all().items() if pid != os.getpid() and text in command_line(pid)}


def peak_memory_bytes(pid):
    """VmHWM of proc(5): the largest resident set the process ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"/proc/{pid}/status has no VmHWM")
