"""A process that sends wrong keys on many connections:

    python -m support.flood <host> <port> <seconds> <connections with unknown keys> <connections with what is no key>
        <requests a second>

Unknown keys have the right form. With 0 requests a second it sends as fast as it can. Prints how many answers of each status it got, as JSON.
"""

import collections
import http.client
import json
import secrets
import string
import sys
import threading
import time

from .keys import with_checksum

ORDER = string.digits + string.ascii_uppercase + string.ascii_lowercase


def wrong_key():
    secret = "".join(secrets.choice(string.ascii_letters) for _ in range(43))
    return with_checksum(f"tg_{secrets.token_hex(6)}_{secret}", ORDER)


def send(host, port, end, make, pause, counts, lock):
    connection = http.client.HTTPConnection(host, port, timeout=30)
    mine, due = collections.Counter(), time.monotonic()
    while due < end:
        time.sleep(max(0, due - time.monotonic()))
        connection.request("GET", "/v1/tenant", headers={"Authorization": f"Bearer {make()}"})
        response = connection.getresponse()
        response.read()
        mine[response.status] += 1
        # What came late is not made up for: it would come in a burst.
        due = max(due + pause, time.monotonic())
    with lock:
        counts.update(mine)


def main(host, port, seconds, unknown, garbage, rate):
    end, counts, lock = time.monotonic() + float(seconds), collections.Counter(), threading.Lock()
    makers = [wrong_key] * int(unknown) + [lambda: "no-key"] * int(garbage)
    pause = len(makers) / float(rate) if float(rate) else 0
    threads = [
        threading.Thread(target=send, args=(host, int(port), end, make, pause, counts, lock)) for make in makers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
