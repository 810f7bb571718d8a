"""The gateway that is measured: `tollgate serve` of the release build, with default settings."""

import ctypes
import re
import secrets
import string
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from support import keys as key_form
from support.cluster import free_port
from support.console import Console, succeed
from support.gateway import Serve

AMPLE = "900000000000000"  # of whatever a quota counts: it is checked, and never reached
QUICK_ARGON2 = (1, 8)  # passes, KiB
DEFAULT_ARGON2 = (2, 19456)


@dataclass(frozen=True)
class BenchTenant:
    id: str
    key: str


class BenchGateway(Serve):
    """One gateway on a database of its own, with a busy tenant."""

    def __init__(self, bench, database, **settings):
        self.database_name = database
        address = bench.cluster.create_database(database)
        succeed("migrate", TOLLGATE_DATABASE_URL=address, timeout=60)
        self.objects = bench.scratch / f"objects-{database}"
        fixed = {"TOLLGATE_LOG_LEVEL": "info", "TOLLGATE_LOG_FORMAT": "json"}
        super().__init__(address, self.objects, free_port(), bench.scratch, database, **fixed | settings)
        self.address = address
        self.hot = self._make_tenant("hot")
        self.hot_file = self._keys_file(bench.scratch / f"{database}-hot.keys", [self.hot])

    @property
    def bucket(self):
        return self.store_environment["TOLLGATE_STORAGE_BUCKET"]

    @property
    def store_environment(self):
        """How clients of S3 reach the local store."""
        return {
            "TOLLGATE_STORAGE_ENDPOINT": self.url + "/storage",
            "TOLLGATE_STORAGE_BUCKET": "tollgate",
            "TOLLGATE_STORAGE_REGION": "us-east-1",
            "TOLLGATE_STORAGE_ACCESS_KEY_ID": self.settings["TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID"],
            "TOLLGATE_STORAGE_SECRET_ACCESS_KEY": self.settings["TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY"],
        }

    def statuses(self):
        """How often it answered with which status, by its access log."""
        return dict(Counter(int(status) for status in re.findall(rb'"http.status":(\d+)', self.log.read_bytes())))

    def _make_tenant(self, slug):
        made = Console(self.address).create_tenant(
            slug, slug, storage_quota=AMPLE, object_quota=AMPLE, monthly_upload_quota=AMPLE, max_pending_uploads=AMPLE)
        return BenchTenant(made["id"], made["key"])

    @staticmethod
    def _keys_file(path, tenants):
        path.write_text("".join(tenant.key + "\n" for tenant in tenants))
        path.chmod(0o600)
        return path

    def make_crowd(self, scratch, count, cost):
        """Tenants with a key each, written to the tables: the command would take minutes for the hashes alone.
        `cost` is what argon2id is to cost. -> (tenants, file of their keys)"""
        order = key_form.digit_order(self.hot.key)
        tenants = [BenchTenant(str(uuid.uuid4()), _new_key(order)) for _ in range(count)]
        with ThreadPoolExecutor(2) as threads:
            hashes = list(threads.map(lambda tenant: argon2id(tenant.key, *cost), tenants))
        with psycopg.connect(self.address) as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO tenants (id, slug, name, created_at, storage_quota_bytes, object_quota,"
                " monthly_upload_quota_bytes, max_pending_uploads) VALUES (%s, %s, 'One of many', now(), %s, %s, %s, %s)",
                [(tenant.id, f"crowd-{n}", AMPLE, AMPLE, AMPLE, AMPLE) for n, tenant in enumerate(tenants)])
            cursor.executemany("INSERT INTO tenant_usage (tenant_id) VALUES (%s)", [(tenant.id,) for tenant in tenants])
            _insert_keys(cursor, tenants, hashes)
        return tenants, self._keys_file(scratch / f"{self.database_name}-crowd.keys", tenants)


    def add_keys(self, tenants, cost):
        """One more key of each of the tenants, as often as they are named. -> the keys"""
        order = key_form.digit_order(self.hot.key)
        made = [BenchTenant(tenant.id, _new_key(order)) for tenant in tenants]
        with ThreadPoolExecutor(2) as threads:
            hashes = list(threads.map(lambda tenant: argon2id(tenant.key, *cost), made))
        with psycopg.connect(self.address) as connection, connection.cursor() as cursor:
            _insert_keys(cursor, made, hashes)
        return [tenant.key for tenant in made]


def _insert_keys(cursor, tenants, hashes):
    cursor.executemany(
        "INSERT INTO api_keys (id, public_id, tenant_id, name, hash, scopes, created_at)"
        " VALUES (%s, %s, %s, 'bench', %s, '{uploads:write,uploads:read,keys:manage}', now())",
        [(uuid.uuid4(), key_form.public_id(tenant.key), tenant.id, hash)
         for tenant, hash in zip(tenants, hashes, strict=True)])  # fmt: skip


def _new_key(order):
    return key_form.with_checksum(f"tg_{_word(12)}_{_word(43)}", order)


def _word(length):
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def wrong_keys(like, count):
    """Well-formed keys that are refused: in turn of an id that nobody has, and of a known id with another secret."""
    order = key_form.digit_order(like)
    for number in range(count):
        key = _new_key(order)
        yield key if number % 2 else key_form.with_checksum(like[:16] + key[16:-6], order)


_argon2 = None


def argon2id(password, passes, kibibytes):
    """argon2id in the PHC form, by the same library that the gateway uses."""
    global _argon2
    if _argon2 is None:
        _argon2 = ctypes.CDLL("libargon2.so.1")
    salt, encoded = secrets.token_bytes(16), ctypes.create_string_buffer(200)
    text = password.encode()
    status = _argon2.argon2id_hash_encoded(
        passes, kibibytes, 1, text, ctypes.c_size_t(len(text)), salt, ctypes.c_size_t(len(salt)), ctypes.c_size_t(32),
        encoded, ctypes.c_size_t(len(encoded)))
    assert status == 0, f"argon2id_hash_encoded: {status}"
    return encoded.value.decode()
