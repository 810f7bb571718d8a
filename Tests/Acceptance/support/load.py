"""Clients that go on whatever happens, and remember what they were told."""

import random
import threading
from dataclasses import dataclass, field

import requests

from .client import Client, post_form

GONE = (502, 503, 504)


@dataclass
class Told:
    """What was answered, and so must stay true."""

    sizes: dict = field(default_factory=dict)  # of tickets, by id
    finished: set = field(default_factory=set)
    removed: set = field(default_factory=set)
    removals: set = field(default_factory=set)  # asked for, whatever came of it
    successes: int = 0
    unanswered: list = field(default_factory=list)  # refused by a gateway that ends, or cut off
    strange: list = field(default_factory=list)

    def assert_kept(self, statuses):
        """-> nothing; `statuses` is the database's word, by id."""
        assert not self.strange, self.strange[:3]
        forgotten = set(self.sizes) - set(statuses)
        assert not forgotten, f"tickets were handed out and forgotten: {sorted(forgotten)[:3]}"
        for upload in self.finished:
            allowed = {"finished", "deleted"} if upload in self.removals else {"finished"}
            assert statuses[upload] in allowed, f"answered as finished, and is {statuses[upload]}: {upload}"
        for upload in self.removed:
            assert statuses[upload] in ("deleted", "aborted"), f"answered as removed, and is {statuses[upload]}"


class Load:
    """Threads that start, store, finish and delete at random, each request at one of the addresses; a context."""

    def __init__(self, urls, key, seed, threads=8, **members):
        self.urls, self.key, self.members, self.told = urls, key, members, Told()
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, args=(random.Random(f"{seed}-{number}"),)) for number in range(threads)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(90)
        assert not any(thread.is_alive() for thread in self._threads), "a client hangs"

    def _work(self, chance):
        while not self._stop.is_set():
            try:
                self._journey(chance)
            except requests.RequestException as error:
                # Its moment comes again; a gateway that is gone is not asked in a tight circle.
                with self._lock:
                    self.told.unanswered.append(repr(error)[:200])
                self._stop.wait(0.02)
            except Exception as error:  # noqa: BLE001  # a thread's fault must reach the test
                with self._lock:
                    self.told.strange.append(repr(error)[:2000])
                return

    def _client(self, chance):
        return Client(chance.choice(self.urls), self.key)

    def _answered(self, response, *expected):
        if response.status_code in GONE:
            raise requests.RequestException(f"{response.request.method} {response.status_code}: {response.text[:80]}")
        assert response.status_code in expected, f"{response.status_code} {response.text[:500]}"
        with self._lock:
            self.told.successes += 1
        return response

    def _journey(self, chance):
        size = chance.randrange(100, 5_000)
        answer = self._answered(
            self._client(chance).try_start(file_name="a.bin", file_size=size, **self.members), 201, 403
        )
        if answer.status_code == 403:
            self._stop.wait(0.02)  # the quota is full: others make room
            return
        ticket = answer.json()
        with self._lock:
            self.told.sizes[ticket["id"]] = size
        if chance.random() < 0.1:
            return self._remove(ticket["id"], chance)
        self._answered(post_form(ticket, b"x" * size), 204)
        self._answered(self._client(chance).try_finish(ticket["id"]), 200)
        with self._lock:
            self.told.finished.add(ticket["id"])
        if chance.random() < 0.7:
            self._remove(ticket["id"], chance)

    def _remove(self, upload, chance):
        with self._lock:
            self.told.removals.add(upload)
        self._answered(self._client(chance).call("DELETE", f"/v1/uploads/{upload}"), 204)
        with self._lock:
            self.told.removed.add(upload)
