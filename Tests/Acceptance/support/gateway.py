"""A running gateway as a process of its own: `tollgate dev`, or `tollgate serve`."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

from . import processes
from .client import Client
from .console import Console, binary, environment
from .database import Database, dump
from .processes import wait_until
from .secrets import BOOK

START_SECONDS = 90  # a first start makes a database cluster
STOP_SECONDS = 30


def stored_files(directory):
    """Every file below `directory`, PostgreSQL's left out (its directory is the one with PG_VERSION in it)."""
    found = []
    for folder, folders, names in os.walk(directory):
        if "PG_VERSION" in names:
            folders.clear()
            continue
        found += [Path(folder) / name for name in names]
    return found


def holds(path, marker):
    try:
        with open(path, "rb") as file:
            return marker in file.read(8 * 2**20)
    except FileNotFoundError:
        return False


class Gateway:
    """Started by `start`, ended by `stop` (SIGTERM) or `kill` (SIGKILL); may be started again."""

    def __init__(self, arguments, log_directory, name, **settings):
        self.arguments, self.settings = [str(argument) for argument in arguments], settings
        self.log_directory, self.name, self.runs = Path(log_directory), name, 0
        self.process = self.log = None
        self.orphans = set()  # what a killed gateway left running, for the next start to find
        for setting, value in settings.items():
            if setting.endswith(("SECRET", "_SECRET_ACCESS_KEY")):
                BOOK.note(setting, str(value))

    @property
    def pid(self):
        return self.process.pid

    def spawn(self):
        self.runs += 1
        self.log = self.log_directory / f"{self.name}-{self.runs}.log"
        BOOK.logs.append(self.log)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [binary(), *self.arguments],
                env=environment(**self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a signal for the test run must not reach it by the terminal
            )

    def told(self):
        """The command and the end of what it printed."""
        text = self.log.read_text(errors="backslashreplace") if self.log else ""
        state = (
            "running" if self.running() else f"ended with {self.process.returncode}" if self.process else "not started"
        )
        command = f"$ tollgate {' '.join(self.arguments)}  ({state})"
        return f"{command}\n--- last output, all of it in {self.log}\n{text[-6000:]}"

    def running(self):
        return self.process is not None and self.process.poll() is None

    def answers(self, path="/healthz"):
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self, ready):
        def look():
            assert self.running(), f"it ended before it was ready\n{self.told()}"
            return ready()

        wait_until(look, START_SECONDS, "the gateway was ready", self.told)

    def members(self):
        """All processes that belong to it, its database server included."""
        return processes.descendants(self.pid) if self.running() else set()

    def kill(self):
        """SIGKILL to the gateway alone: what it started is left behind, as after a crash."""
        family = self.members()
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        self.orphans |= family

    def stop(self, with_signal=signal.SIGTERM):
        """Asks it to end and asserts that it did so cleanly and left no process behind."""
        if not self.running():
            return
        self.note_metrics()
        family = self.members() | self.orphans
        self.process.send_signal(with_signal)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            told = self.told()
            self.discard(family)
            raise AssertionError(f"{with_signal.name} did not end it within {STOP_SECONDS} s\n{told}") from None
        assert status == 0, f"{with_signal.name} should end it with status 0, not {status}\n{self.told()}"
        self.assert_nothing_left(family)

    def note_metrics(self):
        """Keeps what it tells Prometheus, to be searched for secrets at the end of the run; one that was never ready,
        or that a test has stopped from answering, has nothing to say."""
        with contextlib.suppress(OSError, http.client.HTTPException, KeyError):
            with urllib.request.urlopen(self.url + "/metrics", timeout=5) as response:
                BOOK.pages[f"{self.name}-{self.runs}"] = response.read().decode()

    def assert_nothing_left(self, family):
        def left():
            return processes.alive(family)

        try:
            wait_until(lambda: not left(), 10, "all its processes were gone")
        except AssertionError:
            shown = "\n".join(f"{pid}: {processes.command_line(pid)}" for pid, _ in sorted(left()))
            self.discard(family)
            raise AssertionError(f"processes were left behind:\n{shown}\n{self.told()}") from None

    def discard(self, family=()):
        """Cleans up after a failure: ends exactly the processes that are known to be its own."""
        for pid, _ in sorted(processes.alive(set(family) | self.orphans | self.members())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(STOP_SECONDS)


class Dev(Gateway):
    """`tollgate dev --data <directory> --port 0`."""

    def __init__(self, data, log_directory, name, port=0, **settings):
        self.data = Path(data)
        arguments = ["dev", "--data", self.data, "--port", port]
        super().__init__(arguments, log_directory, name, **{"TOLLGATE_LOG_LEVEL": "debug"} | settings)
        self.env = {}

    @classmethod
    @contextlib.contextmanager
    def own(cls, directories, logs, name, **settings):
        """One for a module's own: started, and ended whatever happens."""
        made = cls(directories() / "data", logs, name, **settings)
        try:
            yield made.start()
            made.stop()
        finally:
            made.discard()

    def start(self):
        # A file of an earlier run must not be taken for this one's.
        (self.data / "dev.env").unlink(missing_ok=True)
        self.spawn()
        self.wait_ready(self._ready)
        for name in ("TOLLGATE_KEY", "TOLLGATE_OPERATOR_KEY", "TOLLGATE_STORAGE_SECRET_ACCESS_KEY"):
            BOOK.note(name, self.env[name])
        BOOK.note("TOLLGATE_SECRET", json.loads((self.data / "secrets.json").read_text())["tokenSecret"])
        return self

    def stop(self, *arguments, **options):
        self.note_rows()
        super().stop(*arguments, **options)

    def note_rows(self):
        """Keeps what the database holds, to be searched for secrets at the end of the run; a server that a test ended
        has nothing to say."""
        if self.running() and "TOLLGATE_DATABASE_URL" in self.env:
            with contextlib.suppress(psycopg.OperationalError):
                BOOK.dumps[self.name] = dump(self.env["TOLLGATE_DATABASE_URL"])

    def _ready(self):
        path = self.data / "dev.env"
        if not path.exists():
            return False
        pairs = (line.partition("=") for line in path.read_text().splitlines() if line and line[0] != "#")
        self.env = {name: value.strip("'\"") for name, _, value in pairs}
        return "TOLLGATE_URL" in self.env and self.answers()

    def members(self):
        """The database server may have been started so that it is nobody's child: it is asked who it is."""
        family = super().members()
        if self.running() and "TOLLGATE_DATABASE_URL" in self.env:
            # Where no server answers, none can be left that is not a descendant.
            with contextlib.suppress(psycopg.OperationalError):
                family |= processes.descendants(self.database.postmaster())
        return family

    @property
    def url(self):
        return self.env["TOLLGATE_URL"].rstrip("/")

    @property
    def bucket(self):
        return self.env["TOLLGATE_STORAGE_BUCKET"]

    @property
    def bucket_url(self):
        return self.env["TOLLGATE_STORAGE_ENDPOINT"].rstrip("/") + "/" + self.bucket

    @property
    def database(self):
        return Database(self.env["TOLLGATE_DATABASE_URL"])

    @property
    def console(self):
        return Console(self.env["TOLLGATE_DATABASE_URL"])

    def client(self, key=None):
        return Client(self.url, key or self.env["TOLLGATE_KEY"])

    def files(self):
        """Every file below the data directory that is not the database's or a log."""
        return [path for path in stored_files(self.data) if path.name != "dev.env"]

    def files_holding(self, marker):
        return [path for path in self.files() if holds(path, marker)]


class Serve(Gateway):
    """`tollgate serve` on a database and a local store of the caller's."""

    def __init__(self, database_url, objects, port, log_directory, name, **settings):
        self.url = f"http://127.0.0.1:{port}"
        secret = "serve-secret-" + "0123456789abcdef" * 2
        store_secret = "serve-store-secret-0123456789abcdefgh"
        BOOK.note("TOLLGATE_SECRET", secret)
        BOOK.note("the store's secret access key", store_secret)
        fixed = {
            "TOLLGATE_SERVER_HOST": "127.0.0.1",
            "TOLLGATE_SERVER_PORT": port,
            "TOLLGATE_SERVER_PUBLIC_URL": self.url,
            "TOLLGATE_DATABASE_URL": database_url,
            "TOLLGATE_SECRET": secret,
            "TOLLGATE_STORAGE_BACKEND": "local",
            "TOLLGATE_STORAGE_LOCAL_DIRECTORY": objects,
            "TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID": "TOLLGATEACCEPTANCE01",
            "TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY": store_secret,
            "TOLLGATE_LOG_LEVEL": "debug",
        }
        super().__init__(["serve"], log_directory, name, **fixed | settings)

    def start(self):
        self.spawn()
        self.wait_ready(self.answers)
        return self

    def client(self, key):
        return Client(self.url, key)
