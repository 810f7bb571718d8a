"""The `tollgate` command, run to its end. Spellings of its arguments stand here and nowhere else."""

import json
import os
import subprocess
from pathlib import Path

from .secrets import BOOK

ROOT = Path(__file__).resolve().parents[3]


def binary():
    path = Path(os.environ.get("TOLLGATE_BINARY", ROOT / ".build/debug/tollgate"))
    assert path.is_file(), f"no binary at {path}: build it (swift build) or set TOLLGATE_BINARY"
    return str(path.resolve())


def environment(**settings):
    """This process's environment without any TOLLGATE_ variable, then `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOLLGATE_")}
    return kept | {name: str(value) for name, value in settings.items() if value is not None}


def run(*arguments, timeout=60, cwd=None, **settings):
    return subprocess.run(
        [binary(), *map(str, arguments)],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
    )


def explain(result):
    return (
        f"$ tollgate {' '.join(result.args[1:])}\nexit status {result.returncode}\n"
        f"--- stdout\n{result.stdout}--- stderr\n{result.stderr}"
    )


def succeed(*arguments, **settings):
    result = run(*arguments, **settings)
    assert result.returncode == 0, "this should succeed\n" + explain(result)
    return result


def refuse(*arguments, mention=(), **settings):
    """The command must fail with a message on stderr that names every word of `mention`, and without a crash."""
    result = run(*arguments, **settings)
    assert result.returncode > 0, "this should be refused with a plain exit status\n" + explain(result)
    message = result.stderr.lower()
    assert message.strip(), "a refusal says why on stderr\n" + explain(result)
    assert "fatal error" not in message and "stack dump" not in message, "it crashed\n" + explain(result)
    for word in mention:
        assert word.lower() in message, f"the message should mention {word!r}\n" + explain(result)
    return result


class Console:
    """Commands against one database."""

    def __init__(self, database_url):
        self.database_url = database_url

    def succeed(self, *arguments):
        return succeed(*arguments, TOLLGATE_DATABASE_URL=self.database_url)

    def refuse(self, *arguments, mention=()):
        return refuse(*arguments, mention=mention, TOLLGATE_DATABASE_URL=self.database_url)

    def _json(self, *arguments):
        result = self.succeed(*arguments, "--format", "json")
        try:
            value = json.loads(result.stdout)
        except ValueError as error:
            raise AssertionError(f"stdout should be one JSON value: {error}\n{explain(result)}") from None
        if isinstance(value, dict):
            BOOK.note("an API key", value.get("key"))
        return value

    def create_tenant(self, slug, name, **limits):
        """`limits` by option name: storage_quota="50MB"; allowed_type may be a list. -> {"slug", "id", "key"}"""
        arguments = []
        for option, value in limits.items():
            for one in value if isinstance(value, (list, tuple)) else [value]:
                arguments += ["--" + option.replace("_", "-"), one]
        return self._json("tenant", "create", slug, "--name", name, *arguments)

    def suspend_tenant(self, slug):
        self.succeed("tenant", "suspend", slug)

    def resume_tenant(self, slug):
        self.succeed("tenant", "resume", slug)

    def create_key(self, slug, name, scopes, *options):
        """-> {"id", "key", ...}"""
        return self._json("key", "create", slug, "--name", name, *[part for s in scopes for part in ("--scope", s)], *options)

    def list_keys(self, slug):
        return self.succeed("key", "list", slug).stdout

    def revoke_key(self, slug, key_id):
        self.succeed("key", "revoke", slug, key_id)

    def create_operator_key(self, name):
        return self.succeed("operator-key", "create", "--name", name).stdout
