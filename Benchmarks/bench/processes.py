"""Programs that a measurement runs to their end."""

import subprocess


class Failed(Exception):
    """A measurement cannot be trusted or made; the message says why."""


def run(*command, timeout=None, **options):
    """Standard output of a program that must succeed; ended when we are interrupted."""
    command = [str(part) for part in command]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, **options)
    try:
        out, errors = process.communicate(timeout=timeout)
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode != 0:
        raise Failed(f"{command[0]} ended with {process.returncode}\n{out}{errors}")
    return out
