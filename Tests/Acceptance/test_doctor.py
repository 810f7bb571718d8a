"""`tollgate doctor` over real S3 engines: it finds nothing where all is well, and each fault where it is made."""

import http.client
import json
import os
import threading
import uuid
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from support import console

ORIGIN = "https://app.example"
SECRET = "doctor-secret-0123456789abcdefghijklmnopqrstuvw"


class Engine:
    """One of the engines, with a bucket of this module's own."""

    def __init__(self, name):
        path = os.environ.get(f"TOLLGATE_TEST_{name}")
        if not path:
            pytest.skip(f"TOLLGATE_TEST_{name} names no engine")
        env = dict(line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)
        self.name, self.bucket = name, f"doctor-{uuid.uuid4().hex[:12]}"
        self.settings = {
            "TOLLGATE_STORAGE_BACKEND": "s3",
            "TOLLGATE_STORAGE_S3_ENDPOINT": env["S3_ENDPOINT"],
            "TOLLGATE_STORAGE_S3_REGION": env["S3_REGION"],
            "TOLLGATE_STORAGE_S3_BUCKET": self.bucket,
            "TOLLGATE_STORAGE_S3_PATH_STYLE": "true",
            "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID": env["S3_ACCESS_KEY"],
            "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY": env["S3_SECRET_KEY"],
        }
        self.client = boto3.session.Session().client(
            "s3",
            endpoint_url=env["S3_ENDPOINT"],
            region_name=env["S3_REGION"],
            aws_access_key_id=env["S3_ACCESS_KEY"],
            aws_secret_access_key=env["S3_SECRET_KEY"],
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        self.client.create_bucket(Bucket=self.bucket)

    def allow_origin(self):
        rule = {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["POST", "PUT"], "AllowedHeaders": ["*"]}
        self.client.put_bucket_cors(Bucket=self.bucket, CORSConfiguration={"CORSRules": [rule]})

    def keys(self):
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])]


@pytest.fixture(scope="module", params=["SEAWEEDFS", "RADOSGW"])
def engine(request):
    made = Engine(request.param)
    made.allow_origin()
    yield made
    made.client.delete_bucket(Bucket=made.bucket)


@pytest.fixture
def examine(dev, engine):
    """Runs the command: examine(SETTING=value). -> (exit status, findings by name)"""

    def run(**changes):
        settings = {
            "TOLLGATE_DATABASE_URL": dev.env["TOLLGATE_DATABASE_URL"],
            "TOLLGATE_SECRET": SECRET,
            "TOLLGATE_SERVER_PUBLIC_URL": dev.url,
            "TOLLGATE_SERVER_CORS_ORIGINS": ORIGIN,
        } | engine.settings
        settings |= changes
        result = console.run("doctor", "--format", "json", **settings)
        for name, value in settings.items():
            if "SECRET" in name and value:
                assert value not in result.stdout + result.stderr, f"{name} is shown"
        assert result.stderr == "", console.explain(result)
        return result.returncode, {one["check"]: one for one in json.loads(result.stdout)["data"]}

    return run


def failures(findings):
    return {name for name, finding in findings.items() if finding["verdict"] == "fail"}


def told(finding):
    return finding["seen"] + "; " + (finding["advice"] or "")


@contextmanager
def proxy(endpoint, answer=None, date=None):
    """Stands before a store. `answer(method)` may give a status in the store's place, `date` replaces the Date."""
    target = urlsplit(endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            own = answer(self.command) if answer else None
            if own:
                self.send_response_only(own)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            upstream = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
            # The signature covers the Host: it stays as it came.
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            response = upstream.getresponse()
            content = response.read()
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() in ("content-length", "transfer-encoding", "connection"):
                    if not (name.lower() == "content-length" and self.command == "HEAD"):
                        continue
                self.send_header(name, date if date and name.lower() == "date" else value)
            if self.command != "HEAD" and response.status not in (204, 304):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            upstream.close()

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = _forward

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.mark.parametrize("method", ["post", "put"])
def test_all_is_well(examine, engine, method):
    status, findings = examine(TOLLGATE_STORAGE_S3_UPLOAD_METHOD=method)
    assert (status, failures(findings)) == (0, set()), findings
    permission = "form" if method == "post" else "PUT"
    for name in ("one byte too many", "another type", "another key", "expired"):
        assert findings[f"{permission}, {name}"]["verdict"] == "ok", findings
    assert findings[f"CORS {ORIGIN}"]["verdict"] == "ok", findings
    assert engine.keys() == [], "probes were left behind"


def test_a_line_each_for_people(dev, engine):
    result = console.succeed(
        "doctor",
        **engine.settings,
        TOLLGATE_DATABASE_URL=dev.env["TOLLGATE_DATABASE_URL"],
        TOLLGATE_SECRET=SECRET,
        TOLLGATE_SERVER_PUBLIC_URL=dev.url,
    )
    lines = result.stdout.splitlines()
    assert len(lines) > 10 and all(line.startswith(("ok  ", "skip")) for line in lines), console.explain(result)


def test_a_wrong_secret(examine):
    status, findings = examine(TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY="not-the-secret-of-this-engine-0123456789")
    assert status == 1 and "store put" in failures(findings), findings
    assert "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY" in told(findings["store put"]), findings
    # Ceph says AccessDenied of a form whose signature is wrong.
    form = told(findings["form"])
    assert "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY" in form or "where store put fails" in form, form
    assert findings["form, expired"]["verdict"] == "skip", "a refusal of everything shows nothing"


def test_no_credentials_at_all(examine):
    status, findings = examine(
        TOLLGATE_STORAGE_S3_ACCESS_KEY_ID=None,
        TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY=None,
        AWS_EC2_METADATA_DISABLED="true",
        HOME="/nonexistent",
    )
    assert (status, failures(findings)) == (1, {"store"}), findings
    assert "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID" in told(findings["store"])


def test_an_unknown_access_key(examine):
    status, findings = examine(TOLLGATE_STORAGE_S3_ACCESS_KEY_ID="TOLLGATENOBODY000001")
    assert status == 1 and "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID" in told(findings["store put"]), findings


def test_a_missing_bucket(examine):
    status, findings = examine(TOLLGATE_STORAGE_S3_BUCKET="doctor-there-is-no-such-bucket")
    assert status == 1 and "TOLLGATE_STORAGE_S3_BUCKET" in told(findings["store put"]), findings


def test_missing_cors(examine, engine):
    if engine.name == "SEAWEEDFS":
        pytest.skip("SeaweedFS allows every origin, whatever the bucket says")
    other = "https://elsewhere.example"
    status, findings = examine(TOLLGATE_SERVER_CORS_ORIGINS=f"{ORIGIN},{other}")
    assert (status, failures(findings)) == (1, {f"CORS {other}"}), findings
    assert "CORS rule" in told(findings[f"CORS {other}"])


def test_a_clock_20_minutes_off(examine, engine):
    with proxy(engine.settings["TOLLGATE_STORAGE_S3_ENDPOINT"], date=formatdate(time() + 1200, usegmt=True)) as url:
        status, findings = examine(TOLLGATE_STORAGE_S3_ENDPOINT=url)
    assert (status, failures(findings)) == (1, {"clock"}), findings
    assert "NTP" in told(findings["clock"])


def test_a_store_that_takes_everything(examine, engine):
    with proxy(
        engine.settings["TOLLGATE_STORAGE_S3_ENDPOINT"], lambda method: 204 if method == "POST" else None
    ) as url:
        status, findings = examine(TOLLGATE_STORAGE_S3_PUBLIC_ENDPOINT=url)
    assert status == 1, findings
    assert failures(findings) == {
        "form",
        "form, one byte too many",
        "form, another type",
        "form, another key",
        "form, expired",
    }, findings
    excess = told(findings["form, one byte too many"])
    assert "one byte more than the form allows" in excess and "quotas can be overrun" in excess, excess


def test_no_gateway_at_the_public_url(examine):
    status, findings = examine(TOLLGATE_SERVER_PUBLIC_URL="http://127.0.0.1:1")
    assert (status, failures(findings)) == (1, {"public URL"}), findings
    assert "start the gateway first" in told(findings["public URL"])


def test_no_public_endpoint(examine):
    status, findings = examine(TOLLGATE_STORAGE_S3_PUBLIC_ENDPOINT="http://127.0.0.1:1")
    assert (status, failures(findings)) == (1, {"public endpoint"}), findings


def local(dev, **changes):
    """The command on the shared gateway's own store. -> (exit status, findings by name)"""
    settings = {
        "TOLLGATE_DATABASE_URL": dev.env["TOLLGATE_DATABASE_URL"],
        "TOLLGATE_SECRET": SECRET,
        "TOLLGATE_SERVER_PUBLIC_URL": dev.url,
        "TOLLGATE_SERVER_CORS_ORIGINS": ORIGIN,
        "TOLLGATE_STORAGE_LOCAL_DIRECTORY": dev.data / "objects",
        "TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID": dev.env["TOLLGATE_STORAGE_ACCESS_KEY_ID"],
        "TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY": dev.env["TOLLGATE_STORAGE_SECRET_ACCESS_KEY"],
    }
    result = console.run("doctor", "--format", "json", **settings | changes)
    assert result.stderr == "", console.explain(result)
    return result.returncode, {one["check"]: one for one in json.loads(result.stdout)["data"]}


def test_the_local_store_behind_its_gateway(dev):
    status, findings = local(dev)
    assert (status, failures(findings)) == (0, set()), findings
    assert findings["form, one byte too many"]["verdict"] == "ok", findings
    assert findings[f"CORS {ORIGIN}"]["verdict"] == "ok", findings


def test_the_local_store_without_its_gateway(dev):
    status, findings = local(dev, TOLLGATE_SERVER_PUBLIC_URL="http://127.0.0.1:1")
    assert (status, failures(findings)) == (1, {"public URL"}), findings
    assert "start the gateway first" in told(findings["public URL"])


def test_another_schema(dev, cluster):
    status, findings = local(dev, TOLLGATE_DATABASE_URL=cluster.create_database("empty"))
    assert (status, failures(findings)) == (1, {"schema"}), findings
    assert "tollgate migrate" in told(findings["schema"])


def test_no_database(dev):
    status, findings = local(dev, TOLLGATE_DATABASE_URL="postgresql://nobody:hidden-word@127.0.0.1:1/nothing")
    assert (status, failures(findings)) == (1, {"database"}), findings
    assert findings["schema"]["verdict"] == "skip" and "hidden-word" not in json.dumps(findings)


def test_settings_that_serve_refuses_are_named(dev):
    console.refuse("doctor", mention=["TOLLGATE_SECRET", "TOLLGATE_DATABASE_URL"])
