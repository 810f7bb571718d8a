"""kill -9 of gateways and of PostgreSQL, again and again under load: whatever was answered is so.

TOLLGATE_TEST_KILLS says how many; TOLLGATE_TEST_SEED repeats a run's choices.
"""

import os
import random
import threading

import pytest

from support import console
from support.cluster import free_port
from support.console import Console
from support.database import Database
from support.gateway import Serve
from support.http import call
from support.load import Load
from support.processes import wait_until
from support.tenants import make_tenant

QUOTA = 2_000_000


@pytest.fixture
def gateways(cluster, directories, logs):
    """Two gateways over one database and one store, to be killed."""
    url = cluster.create_database("kills")
    console.succeed("migrate", TOLLGATE_DATABASE_URL=url)
    objects = directories() / "objects"
    made = [
        Serve(
            url, objects, free_port(), logs, f"killed-{number}", TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS=1,
            TOLLGATE_UPLOADS_GRACE_SECONDS=1, TOLLGATE_UPLOADS_WINDOW_SECONDS=5,
        )
        for number in range(2)
    ]  # fmt: skip
    try:
        for gateway in made:
            gateway.console, gateway.database = Console(url), Database(url)
            gateway.start()
        yield made
        for gateway in made:
            gateway.stop()
    finally:
        for gateway in made:
            gateway.discard()


def ready(gateway):
    try:
        return call("GET", gateway.url + "/readyz", timeout=5).status_code == 200
    except OSError:
        return False


@pytest.mark.slow
def test_kills_under_load_lose_nothing_that_was_answered(gateways, cluster):
    kills = int(os.environ.get("TOLLGATE_TEST_KILLS", "4"))
    seed = int(os.environ.get("TOLLGATE_TEST_SEED", random.SystemRandom().randrange(10**6)))
    chance = random.Random(seed)
    owner = make_tenant(gateways[0], storage_quota=str(QUOTA))
    urls = [gateway.url for gateway in gateways]
    for number in range(kills):
        victim = chance.choice([*gateways, cluster])
        name = "postgres" if victim is cluster else victim.name
        told = f"seed {seed}, kill {number + 1} of {kills}: {name}"
        with Load(urls, owner.key, f"{seed}-{number}", expires_in=10) as load:
            wait_until(lambda: load.told.successes > 20, 60, "the load ran", lambda: str(load.told.unanswered[-3:]))
            threading.Event().wait(chance.random())  # not a wait for anything: the random moment itself
            victim.kill()
            if victim is not cluster:
                # The other one goes on meanwhile.
                before = load.told.successes
                wait_until(lambda: load.told.successes > before + 5, 30, "the other gateway answered")
            victim.start()
            wait_until(lambda: all(map(ready, gateways)), 60, "both were ready again")
            before = load.told.successes
            wait_until(lambda: load.told.successes > before + 20, 60, "the load went on")
        print(f"{told}: {load.told.successes} answers, {len(load.told.unanswered)} cut off", flush=True)
        load.told.assert_kept(gateways[0].database.statuses(owner.slug))
        counters = owner.counters
        assert counters.used_bytes + counters.reserved_bytes <= QUOTA, (told, counters)
        console.succeed("audit", "--store", **gateways[0].settings)
