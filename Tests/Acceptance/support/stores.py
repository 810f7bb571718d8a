"""The stores that the suite runs over: the embedded one, and real S3 engines (scripts/s3-engine)."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from .s3 import s3_client

CONFIG = Path(__file__).parents[3] / "config"


@dataclass(frozen=True)
class Store:
    name: str
    # The variable that names the file with the engine's address and keys; none for the embedded store.
    variable: str | None = None
    # Whether it keeps and verifies the SHA-256 of a form (x-amz-checksum-sha256). Ceph 16 does neither.
    has_checksums: bool = True
    # Whether it refuses form fields that no condition covers. SeaweedFS 4.48 takes them.
    has_coverage: bool = True

    def settings(self):
        """What `tollgate dev` is told to run over it."""
        if self.variable is None:
            return {}
        engine = self.engine()
        return {
            "TOLLGATE_STORAGE_BACKEND": "s3",
            "TOLLGATE_STORAGE_S3_ENDPOINT": engine["S3_ENDPOINT"],
            "TOLLGATE_STORAGE_S3_REGION": engine["S3_REGION"],
            "TOLLGATE_STORAGE_S3_BUCKET": engine["S3_BUCKET"],
            "TOLLGATE_STORAGE_S3_PATH_STYLE": "true",
            "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID": engine["S3_ACCESS_KEY"],
            "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY": engine["S3_SECRET_KEY"],
            "TOLLGATE_STORAGE_S3_PART_MIB": "5",
        }

    def engine(self):
        """-> S3_ENDPOINT, S3_BUCKET ... of the running engine; skips the test where nobody started one."""
        path = os.environ.get(self.variable)
        if not path:
            pytest.skip(f"{self.variable} names no engine: see scripts/s3-engine")
        lines = Path(path).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def allow_browsers(self, env):
        """Sets on the bucket the CORS rules that config/ has for it."""
        if self.variable is not None:
            rules = json.loads((CONFIG / "s3-cors.json").read_text())
            s3_client(env).put_bucket_cors(Bucket=env["TOLLGATE_STORAGE_BUCKET"], CORSConfiguration=rules)


LOCAL = Store("local")
SEAWEEDFS = Store("seaweedfs", "TOLLGATE_TEST_SEAWEEDFS", has_coverage=False)
RADOSGW = Store("radosgw", "TOLLGATE_TEST_RADOSGW", has_checksums=False)
ALL = [LOCAL, SEAWEEDFS, RADOSGW]
