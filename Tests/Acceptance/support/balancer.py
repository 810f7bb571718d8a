"""nginx before several gateways, with the example of config/."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from .cluster import free_port
from .http import call
from .processes import descendants, kill_all, wait_until

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config/nginx.conf"

FRAME = """
{user}
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{}}
http {{
    access_log {directory}/access.log;
    client_body_temp_path {directory}/client;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/tollgate.conf;
}}
"""


def _program():
    places = [os.environ.get("PATH", ""), "/usr/sbin", str(ROOT / ".build-nginx/root/usr/sbin")]
    path = shutil.which("nginx", path=os.pathsep.join(places))
    if path is None:
        pytest.skip("no nginx: scripts/setup installs it")
    return path


class Balancer:
    """The example as it stands, but for the addresses: its own, and those of the gateways."""

    def __init__(self, directory):
        self.directory, self.port = directory, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self, ports):
        text = EXAMPLE.read_text()
        first, *others = re.findall(r"^ *server \d.*$", text, re.MULTILINE)
        for line in others:
            text = text.replace(line + "\n", "")
        servers = [re.sub(r"server \S+:\d+", f"server 127.0.0.1:{port}", first) for port in ports]
        text = text.replace(first, "\n".join(servers))
        text, listens = re.subn(r"listen .*;", f"listen 127.0.0.1:{self.port};", text)
        assert listens == 1 and text.count("server 127.0.0.1:") == len(ports), text
        (self.directory / "tollgate.conf").write_text(text)
        # Its directory is this user's alone. Only root's workers would run as another.
        user = "user root;" if os.geteuid() == 0 else ""
        (self.directory / "nginx.conf").write_text(FRAME.format(directory=self.directory, user=user))
        self.process = subprocess.Popen(
            [_program(), "-e", self.directory / "error.log", "-p", self.directory, "-c", self.directory / "nginx.conf"],
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait_until(self._answers, 30, "nginx answered", self.told)
        return self

    def _answers(self):
        assert self.process.poll() is None, self.told()
        try:
            return call("GET", self.url + "/healthz", timeout=5).status_code == 200
        except OSError:
            return False

    def told(self):
        log = self.directory / "error.log"
        return log.read_text()[-3000:] if log.exists() else "nginx wrote nothing"

    def stop(self):
        if self.process is None:
            return
        family = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        kill_all(family)
