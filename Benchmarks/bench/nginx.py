"""nginx with its own PUT (ngx_http_dav_module): what a plain file server does on this machine."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from support.cluster import free_port
from support.processes import wait_until

UNPACKED = Path(__file__).resolve().parents[2] / ".build-nginx/root/usr/sbin/nginx"

CONFIGURATION = """
daemon off;
worker_processes 2;
{user}
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/unused;
    fastcgi_temp_path {home}/unused;
    uwsgi_temp_path {home}/unused;
    scgi_temp_path {home}/unused;
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 0;
        location / {{
            root {home}/files;
            dav_methods PUT;
        }}
    }}
}}
"""


class Nginx:
    def __init__(self, home):
        self.home, self.where = home, ("127.0.0.1", free_port())
        (home / "files").mkdir(parents=True)
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(CONFIGURATION.format(home=home, port=self.where[1], user=user))
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or UNPACKED
        self.process = subprocess.Popen(
            [program, "-e", home / "error.log", "-p", home, "-c", home / "nginx.conf"],
            stdin=subprocess.DEVNULL, start_new_session=True)
        wait_until(self._answers, 10, "nginx answered", lambda: (home / "error.log").read_text())

    def _answers(self):
        try:
            socket.create_connection(self.where, timeout=1).close()
        except OSError:
            return False
        return True

    def clear(self):
        for file in (self.home / "files").iterdir():
            file.unlink()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
