"""Files of a size over HTTP and past it: into the local store, into nginx, and by dd."""

import os
import re
import shutil
import threading
import time
import urllib.parse
from itertools import count

from support import forms
from support.s3 import s3_client

from .http import address, connect, receive, request
from .processes import Failed, run

_numbers = count()


def make_source(path, size):
    """Random bytes, so that no file system or disk can make them fewer; read once, they come from memory."""
    with open(path, "wb") as file:
        for _ in range(0, size, 1 << 20):
            file.write(os.urandom(min(size, 1 << 20)))
    return path


class StoreForm:
    """A signed form of the local store whose key may end in anything: each file is an object of its own."""

    def __init__(self, gateway):
        s3 = s3_client(gateway.store_environment)
        self.gateway, self.prefix, self.status = gateway, "bench/", 204
        self.form = s3.generate_presigned_post(gateway.bucket, self.prefix + "${filename}", ExpiresIn=3600)
        self.where = address(gateway.url)
        self.path = urllib.parse.urlsplit(self.form["url"]).path

    def frame(self, size):
        """What is sent before and after the bytes of a file."""
        fields = self.form["fields"] | {"key": f"{self.prefix}{next(_numbers)}"}
        before, after = forms.before_file(fields), forms.after_file()
        head = request("POST", self.path, content_type=forms.content_type())
        head = head.replace(b"Content-Length: 0", b"Content-Length: %d" % (len(before) + size + len(after)))
        return head + before, after

    def clear(self):
        shutil.rmtree(self.gateway.objects / self.gateway.bucket / self.prefix, ignore_errors=True)


class WebDAV:
    """PUT to nginx."""

    def __init__(self, nginx):
        self.nginx, self.status, self.where = nginx, 201, nginx.where

    def frame(self, size):
        head = request("PUT", f"/{next(_numbers)}")
        return head.replace(b"Content-Length: 0", b"Content-Length: %d" % size), b""

    def clear(self):
        self.nginx.clear()


def upload_rate(target, source, clients, seconds):
    """Clients that send one file after the other for so long; the last ones are waited for. -> bytes per second"""
    size = source.stat().st_size
    files, faults = [], []
    deadline = time.perf_counter() + seconds

    def client():
        try:
            with connect(target.where) as connection, open(source, "rb") as file:
                while time.perf_counter() < deadline:
                    before, after = target.frame(size)
                    connection.sendall(before)
                    connection.sendfile(file, 0, size)
                    if after:
                        connection.sendall(after)
                    answer = receive(connection)
                    if answer.status != target.status:
                        raise Failed(f"an upload was answered with {answer.status}: {answer.body[:500]!r}")
                    files.append(size)
        except Exception as fault:  # told by the caller's thread
            faults.append(fault)

    elapsed = _together(client, clients)
    target.clear()
    if faults:
        raise Failed(f"an upload failed: {faults[0]}") from faults[0]
    return sum(files) / elapsed


def disk_rate(folder, source, clients, seconds):
    """`dd conv=fsync` of the same file again and again, by dd's own clock: its start does not count. -> bytes per second"""
    deadline = time.perf_counter() + seconds
    rates, faults = [], []

    def client():
        target = folder / f"dd-{threading.get_ident()}"
        size, spent = 0, 0.0
        try:
            while time.perf_counter() < deadline:
                size_once, seconds_once = dd(source, target)
                size, spent = size + size_once, spent + seconds_once
                target.unlink()
            rates.append(size / spent)
        except Exception as fault:
            faults.append(fault)
        finally:
            target.unlink(missing_ok=True)

    _together(client, clients)
    if faults:
        raise Failed(f"dd failed: {faults[0]}") from faults[0]
    return sum(rates)


def dd(source, target):
    """-> (bytes, seconds)"""
    told = run("sh", "-c", 'LC_ALL=C exec dd if="$1" of="$2" bs=1M conv=fsync 2>&1', "dd", source, target)
    copied = re.search(r"^(\d+) bytes .*copied, ([0-9.e-]+) s", told, re.MULTILINE)
    return int(copied[1]), float(copied[2])


def _together(work, count):
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin
