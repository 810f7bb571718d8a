"""What the scenarios share: options, a directory, a database server, gateways. Everything goes away with it."""

import os
import shutil
import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from . import files
from .gateway import DEFAULT_ARGON2, QUICK_ARGON2, BenchGateway
from .nginx import Nginx
from .postgres import BenchCluster

CROWD = 1_000


class Bench:
    """Started as far as a scenario asks for it. A context: leaving it ends and removes all of it."""

    def __init__(self, options):
        self.options = options
        self._stack = ExitStack()

    def __enter__(self):
        self.scratch = Path(tempfile.mkdtemp(prefix="tollgate-bench-", dir=self.options.scratch))
        self._stack.callback(shutil.rmtree, self.scratch, ignore_errors=True)
        # PostgreSQL passes through as another user when we are root.
        self.scratch.chmod(0o711)
        # No config/tollgate.yaml of the place where we were called changes what is measured.
        before = Path.cwd()
        os.chdir(self.scratch)
        self._stack.callback(os.chdir, before)
        return self

    def __exit__(self, *_):
        self._stack.close()

    @property
    def runs(self):
        return range(self.options.runs)

    @property
    def seconds(self):
        return self.options.seconds

    @cached_property
    def cluster(self):
        cluster = BenchCluster(self.scratch / "postgres")
        self._stack.callback(cluster.remove)
        return cluster

    def start_gateway(self, database, **settings):
        gateway = BenchGateway(self, database, **settings)
        self._stack.callback(gateway.discard)  # of whatever still runs then
        return gateway.start()

    @cached_property
    def gateway(self):
        """The one that most scenarios share."""
        return self.start_gateway("bench")

    @cached_property
    def crowd_file(self):
        """Keys of a thousand tenants of ``gateway``."""
        cost = DEFAULT_ARGON2 if self.options.default_argon2 else QUICK_ARGON2
        return self.gateway.make_crowd(self.scratch, CROWD, cost)[1]

    @cached_property
    def nginx(self):
        nginx = Nginx(self.scratch / "nginx")
        self._stack.callback(nginx.stop)
        return nginx

    def source(self, mebibytes):
        path = self.scratch / f"source-{mebibytes}"
        return path if path.exists() else files.make_source(path, mebibytes << 20)
