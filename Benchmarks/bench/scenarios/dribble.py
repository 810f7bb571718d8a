"""What eight slow uploads cost the starts beside them."""

import threading
import time

from .. import wrk
from ..figures import Findings
from ..files import StoreForm
from ..http import connect, receive
from ..processes import Failed

UPLOADS = 8
SIZE = 1 << 20
SECONDS = 30
PIECES = 300
CONNECTIONS = 16


def measure(bench):
    findings = Findings(f"Starts (hot tenant, {CONNECTIONS} connections) beside {UPLOADS} uploads of 1 MiB in {SECONDS} s each")
    gateway = bench.gateway
    form = StoreForm(gateway)
    # Quiet, slow, slow, quiet: what drifts in the meantime falls on both. Both slow ones must end before the uploads do.
    seconds = min(bench.seconds, SECONDS // 2 - 2)

    def starts():
        return wrk.starts(gateway, gateway.hot_file, CONNECTIONS, seconds)

    starts()
    for _ in bench.runs:
        before = starts()
        with _Dribblers(form):
            slow = [starts(), starts()]
        quiet = [before, starts()]
        for name, results in {"quiet": quiet, "beside slow uploads": slow}.items():
            findings.add(name, "1/s", sum(result["per_second"] for result in results) / 2)
            findings.add(f"{name}, p99", "ms", max(result["p99_ms"] for result in results))
    findings.ratio("beside slow uploads / quiet", "beside slow uploads", "quiet", ">= 0.95")
    form.clear()
    return findings


class _Dribblers:
    """Uploads that are under way inside the context, and are waited for at its end: each must be stored."""

    def __init__(self, form):
        self.form, self.faults = form, []
        self.threads = [threading.Thread(target=self._upload, daemon=True) for _ in range(UPLOADS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(0.5)  # under way: their first pieces are sent

    def __exit__(self, kind, *_):
        if kind is not None:
            return
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise Failed(f"a slow upload failed: {self.faults[0]}")

    def _upload(self):
        try:
            before, after = self.form.frame(SIZE)
            piece = SIZE // PIECES
            with connect(self.form.where) as connection:
                connection.sendall(before)
                begin, sent = time.monotonic(), 0
                for number in range(PIECES):
                    last = SIZE - sent if number == PIECES - 1 else piece
                    connection.sendall(bytes(last))
                    sent += last
                    time.sleep(max(0, begin + (number + 1) * SECONDS / PIECES - time.monotonic()))
                connection.sendall(after)
                answer = receive(connection)
                if answer.status != 204:
                    raise Failed(f"{answer.status}: {answer.body[:500]!r}")
        except Exception as fault:  # told by the caller's thread
            self.faults.append(fault)
