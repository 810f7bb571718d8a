"""Fixtures of the acceptance suite: the real binary, started as a user starts it."""

import itertools
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from support.cluster import Cluster
from support.console import binary
from support.gateway import Dev
from support.s3 import s3_client
from support.stores import ALL, LOCAL
from support.tenants import make_tenant

_numbers = itertools.count(1)


def pytest_configure():
    def interrupt(*_):
        raise KeyboardInterrupt

    # A run that is told to stop (a time-out of CI) tears its gateways down as after Ctrl-C.
    signal.signal(signal.SIGTERM, interrupt)


def pytest_generate_tests(metafunc):
    """Over which stores a test runs: the embedded one; all of them where its module is marked `every_store`, but for
    tests that say why not (`local_only`, `s3_only`)."""
    if "dev" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    stores = ALL if "every_store" in marks and "local_only" not in marks else [LOCAL]
    if "s3_only" in marks:
        stores = [store for store in ALL if store is not LOCAL]
    metafunc.parametrize("dev", stores, ids=lambda store: store.name, indirect=True, scope="session")


def pytest_collection_modifyitems(items):
    # The sort is stable: everything keeps its place, but what reads the whole run's logs comes last.
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(scope="session")
def logs(tmp_path_factory):
    """Where every gateway of the run writes its output."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def directories():
    """Makes private directories with short paths (a UNIX socket's path may have 107 bytes); removed at the end."""
    made = []

    def make():
        made.append(Path(tempfile.mkdtemp(prefix="tollgate-acceptance-")))
        return made[-1]

    yield make
    for directory in made:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def dev(request, directories, logs):
    """The gateway that most tests share: `tollgate dev` with defaults alone, over one store after the other."""
    binary()
    store = request.param
    gateway = Dev(directories() / "data", logs, f"dev-{store.name}", **store.settings())
    gateway.store = store
    try:
        gateway.start()
        store.allow_browsers(gateway.env)
    except BaseException:
        gateway.discard()
        raise
    yield gateway
    gateway.stop()


@pytest.fixture
def fresh_dev(directories, logs):
    """Makes gateways of the test's own, to be killed and restarted at will. -> a factory"""
    made = []

    def make(data=None, port=0, start=True, **settings):
        gateway = Dev(data or directories() / "data", logs, f"fresh{next(_numbers)}", port, **settings)
        made.append(gateway)
        return gateway.start() if start else gateway

    yield make
    faults = []
    for gateway in made:
        try:
            gateway.stop()
        except AssertionError as fault:
            faults.append(fault)
        finally:
            gateway.discard()
    if faults:
        raise faults[0]


@pytest.fixture
def tenant(dev):
    """Makes a tenant with limits of its own: tenant(storage_quota="50MB"). -> a factory"""
    return lambda **limits: make_tenant(dev, **limits)


@pytest.fixture(scope="session")
def acme(dev):
    """A tenant with default limits that tests share where counters do not matter."""
    return make_tenant(dev)


@pytest.fixture(scope="session")
def rival(dev):
    """Another tenant, who must never see anything of the first."""
    return make_tenant(dev)


@pytest.fixture(scope="session")
def api(acme):
    """The shared tenant's app."""
    return acme.client


@pytest.fixture(scope="session")
def s3(dev):
    """boto3 with the store's own key pair."""
    return s3_client(dev.env)


@pytest.fixture(scope="module")
def cluster():
    made = Cluster()
    yield made
    made.remove()
