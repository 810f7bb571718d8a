"""Headless Chromium from Debian, and a little server for the front end, on an origin of its own."""

import functools
import http.server
import json
import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FRONT_END = Path(__file__).resolve().parents[1] / "frontend"


@contextmanager
def chromium(profile):
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert browser and driver, "no Chromium: apt-get install chromium chromium-driver"
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    # The sandbox of Chromium does not start as root, and /dev/shm is tiny in containers.
    flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}"]
    for flag in [*flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    window = webdriver.Chrome(options=options, service=Service(driver))
    try:
        window.set_page_load_timeout(30)
        yield window
    finally:
        window.quit()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments, site, **options):
        self.site = site
        super().__init__(*arguments, directory=str(FRONT_END), **options)

    def do_GET(self):
        self.site.requested.append(self.path)
        if self.path != "/config.js":
            return super().do_GET()
        body = f"window.config = {json.dumps(self.site.config)};".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Site:
    """Serves the front end unchanged; only config.js is made for the run."""

    def __init__(self, backend, key):
        self.config = {"backend": backend, "key": key}
        self.requested = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, site=self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
