"""Load of our own making, where `wrk` does not do: lists of different requests, and constant rates."""

import gc
import select
import signal
import time
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from .http import Answer, connect
from .processes import Failed

IDLE = 1.0  # seconds to look away at most


def work_off(where, requests, connections, expected):
    """Sends a list of requests, each connection the next one when its last was answered.
    -> (seconds, bodies in the order of the requests)"""
    queue, bodies = deque(enumerate(requests)), [None] * len(requests)
    sockets = [connect(where) for _ in range(min(connections, len(requests)))]
    poll, busy = select.epoll(), {}

    def send_next(connection):
        number, request = queue.popleft()
        busy[connection.fileno()] = (connection, number, Answer())
        connection.sendall(request)

    try:
        begin = time.perf_counter()
        for connection in sockets:
            poll.register(connection, select.EPOLLIN)
            send_next(connection)
        while busy:
            for descriptor, _ in poll.poll():
                connection, number, answer = busy[descriptor]
                if not answer.add(_some(connection)):
                    continue
                if answer.status != expected:
                    raise Failed(f"answered with {answer.status}: {answer.body[:500]!r}")
                bodies[number] = answer.body
                del busy[descriptor]
                if queue:
                    send_next(connection)
        return time.perf_counter() - begin, bodies
    finally:
        poll.close()
        for connection in sockets:
            connection.close()


def _some(connection):
    piece = connection.recv(65536)
    if not piece:
        raise Failed("the server closed a connection")
    return piece


@dataclass
class Latencies:
    """Milliseconds from the moment at which a request was due, sorted; how late the generator itself was, sorted."""

    sent: int
    latencies: list
    late: list
    statuses: Counter

    def percentile(self, percent):
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]

    def lateness(self, percent):
        return self.late[min(len(self.late) - 1, int(len(self.late) * percent / 100))]


def constant_rate(where, requests, rate, seconds, connections):
    """Sends requests at fixed moments, whatever became of those before them (an open loop). One that finds all
    connections busy waits its turn, and that wait counts: a stall of the server delays no measurement.

    One thread on select(2), which keeps time to the microsecond where epoll(7) counts milliseconds."""
    sockets = [connect(where) for _ in range(connections)]
    for connection in sockets:
        connection.setblocking(False)
    free, busy, waiting = deque(sockets), {}, deque()
    total, interval = int(rate * seconds), 1 / rate
    latencies, late, statuses = [], [], Counter()
    gc.disable()
    try:
        begin, due_number = time.perf_counter() + 0.01, 0
        give_up = begin + seconds + 30
        while len(latencies) < total:
            now = time.perf_counter()
            while due_number < total and begin + due_number * interval <= now:
                waiting.append(begin + due_number * interval)
                late.append((now - begin - due_number * interval) * 1e3)
                due_number += 1
            while waiting and free:
                due, connection = waiting.popleft(), free.popleft()
                connection.sendall(next(requests))
                busy[connection] = (due, Answer())
            until_next = begin + due_number * interval - time.perf_counter() if due_number < total else IDLE
            readable, _, _ = select.select(list(busy), (), (), max(0, min(until_next, IDLE)))
            for connection in readable:
                due, answer = busy[connection]
                if answer.add(_some(connection)):
                    latencies.append((time.perf_counter() - due) * 1e3)
                    statuses[answer.status] += 1
                    del busy[connection]
                    free.append(connection)
            if now > give_up:
                raise Failed(f"{total - len(latencies)} of {total} requests were not answered 30 s after the last was due")
    finally:
        gc.enable()
        for connection in sockets:
            connection.close()
    return Latencies(total, sorted(latencies), sorted(late), statuses)


def _ready():
    # Ctrl-C is the parent's business: it ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def generators(count):
    """Processes for generators that run side by side. -> a pool; `apply_async` starts one"""
    with get_context("fork").Pool(count, _ready) as pool:
        yield pool
