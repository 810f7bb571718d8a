"""A throw-away PostgreSQL cluster, to be stopped and killed at will."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

from .database import binaries, dump
from .processes import alive, descendants, kill_all
from .secrets import BOOK


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """Loopback only. PostgreSQL never runs as root, so root hands it to the user `postgres`."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="tollgate-cluster-", dir="/tmp"))
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        self._run("initdb", "--pgdata", self.data, "--username", "tollgate", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C", "--no-sync")  # fmt: skip
        self.start()

    @property
    def data(self):
        return self.directory / "data"

    def url(self, database="postgres"):
        return f"postgresql://tollgate@127.0.0.1:{self.port}/{database}"

    def _run(self, program, *arguments):
        command = [str(binaries() / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        log = self.directory.parent / (self.directory.name + ".log")
        # pg_ctl's server inherits what it is given, so a pipe here would never end.
        with open(log, "ab") as out:
            result = subprocess.run(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/", timeout=90)
        assert result.returncode == 0, f"{program} ended with {result.returncode}\n{log.read_text()[-3000:]}"

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.directory}"
        self._run("pg_ctl", "start", "--pgdata", self.data, "--wait", "--options", options, "--log",
                  self.directory / "server.log")  # fmt: skip

    def stop(self, mode="fast"):
        self._run("pg_ctl", "stop", "--pgdata", self.data, "--wait", "--mode", mode)

    def _postmaster(self):
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return None

    def running(self):
        pid = self._postmaster()
        return pid is not None and bool(alive(descendants(pid)))

    def kill(self):
        """SIGKILL to the server and its processes, as the kernel does when memory runs out."""
        kill_all(descendants(self._postmaster()))

    def create_database(self, name):
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def note_rows(self):
        """Keeps what its databases hold, to be searched for secrets at the end of the run."""
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(self.url(), connect_timeout=10) as connection:
                names = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
            for (name,) in names:
                BOOK.dumps[f"{self.directory.name}/{name}"] = dump(self.url(name))

    def remove(self):
        if self.running():
            self.note_rows()
            self.stop("immediate")
        shutil.rmtree(self.directory, ignore_errors=True)
        (self.directory.parent / (self.directory.name + ".log")).unlink(missing_ok=True)
