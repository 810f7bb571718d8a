"""The one place that reads the gateway's tables. Names of tables and columns stand here and nowhere else."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from . import processes

COUNTERS = "used_bytes, reserved_bytes, used_objects, reserved_objects, pending_uploads"


@dataclass(frozen=True)
class Counters:
    used_bytes: int
    reserved_bytes: int
    used_objects: int
    reserved_objects: int
    pending_uploads: int


def binaries():
    """Where the programs of the newest PostgreSQL server are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "no PostgreSQL server under /usr/lib/postgresql: apt-get install postgresql"
    return found[-1].parent


def dump(url):
    """All of a database, as pg_dump writes it: rows, functions, defaults, comments.

    Raises OperationalError where no server answers or a table stays locked.
    """
    command = [binaries() / "pg_dump", "--lock-wait-timeout=5000", "--dbname", url]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    if result.returncode != 0:
        raise psycopg.OperationalError(result.stderr.decode(errors="backslashreplace"))
    return result.stdout.decode()


class Database:
    def __init__(self, url):
        self.url = url

    def _one(self, sql, *values, connection=None):
        if connection:
            return connection.execute(sql, values).fetchone()
        with psycopg.connect(self.url, row_factory=dict_row, connect_timeout=10) as connection:
            return connection.execute(sql, values).fetchone()

    def _all(self, sql, *values):
        with psycopg.connect(self.url, row_factory=dict_row, connect_timeout=10) as connection:
            return connection.execute(sql, values).fetchall()

    def counters(self, slug, connection=None):
        row = self._one(
            f"SELECT {COUNTERS} FROM tenant_usage"
            " JOIN tenants ON tenants.id = tenant_usage.tenant_id WHERE tenants.slug = %s",
            slug,
            connection=connection,
        )
        assert row is not None, f"no counters for the tenant {slug!r}"
        return Counters(**{name: int(value) for name, value in row.items()})

    def recounted(self, slug, connection=None):
        """The same figures, counted from the rows themselves: invariants 1 and 2 of the data model."""
        row = self._one(
            """
            SELECT coalesce(sum(size) FILTER (WHERE status::text = 'finished'), 0) AS used_bytes,
                   coalesce(sum(uploads.reserved_bytes), 0) AS reserved_bytes,
                   count(*) FILTER (WHERE status::text = 'finished') AS used_objects,
                   count(*) FILTER (WHERE status::text = 'pending') AS pending_uploads
            FROM uploads JOIN tenants ON tenants.id = uploads.tenant_id WHERE tenants.slug = %s
            """,
            slug,
            connection=connection,
        )
        return {name: int(value) for name, value in row.items()}

    def assert_exact(self, slug):
        """Counters equal what the rows add up to. Hands the counters back."""
        # In one snapshot: uploads may be ending beside this.
        with psycopg.connect(self.url, connect_timeout=10, row_factory=dict_row) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            counters, recounted = self.counters(slug, connection), self.recounted(slug, connection)
        stored = {name: getattr(counters, name) for name in recounted}
        assert stored == recounted, f"{slug}: the counters say {stored}, the rows add up to {recounted}"
        return counters

    def statuses(self, slug):
        """Status of each upload by id."""
        rows = self._all(
            "SELECT uploads.id::text AS id, status::text AS status FROM uploads"
            " JOIN tenants ON tenants.id = uploads.tenant_id WHERE tenants.slug = %s",
            slug,
        )
        return {row["id"]: row["status"] for row in rows}

    def platform_actions(self):
        """What the audit log holds that is no tenant's, oldest first."""
        rows = self._all("SELECT action FROM audit_entries WHERE tenant_id IS NULL ORDER BY id")
        return [row["action"] for row in rows]

    def remembered_starts(self, upload_id):
        """All that is stored of the idempotency keys of an upload, as text."""
        rows = self._all("SELECT to_jsonb(k)::text AS text FROM idempotency_keys AS k WHERE upload_id = %s", upload_id)
        return [row["text"] for row in rows]

    def constrain_key(self, key_id, max_file_bytes, allowed_types):
        with psycopg.connect(self.url, connect_timeout=10) as connection:
            changed = connection.execute(
                "UPDATE api_keys SET max_file_bytes = %s, allowed_types = %s WHERE id = %s",
                [max_file_bytes, allowed_types, key_id],
            )
            assert changed.rowcount == 1, key_id

    def entries(self, slug):
        """Kind and bytes of each entry of the ledger, in order."""
        rows = self._all(
            "SELECT kind, bytes_delta FROM usage_entries JOIN tenants ON tenants.id = usage_entries.tenant_id"
            " WHERE tenants.slug = %s ORDER BY seq",
            slug,
        )
        return [(row["kind"], row["bytes_delta"]) for row in rows]

    def rows_of(self, tenant_id):
        """Every row that belongs to a tenant, by table, as text; without the times at which its keys were used."""
        tables = self._all(
            "SELECT table_name AS name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY table_name"
        )
        wanted = [(row["name"], "tenant_id") for row in tables] + [("tenants", "id")]
        return {
            table: sorted(
                row["text"]
                for row in self._all(
                    f"SELECT (to_jsonb(t) - 'last_used_at')::text AS text FROM {table} AS t WHERE {column} = %s",
                    tenant_id,
                )
            )
            for table, column in wanted
        }

    def tables(self):
        rows = self._all(
            "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        return sorted(row["name"] for row in rows)

    def postmaster(self):
        """Process number of the server: the parent of the process that answers us, while it does."""
        with psycopg.connect(self.url, connect_timeout=10) as connection:
            return processes.parent(connection.info.backend_pid)

    def setting(self, name):
        return self._one("SELECT current_setting(%s) AS value", name)["value"]

    def _spoil(self, sql):
        with psycopg.connect(self.url, connect_timeout=10) as connection:
            assert connection.execute(sql).rowcount > 0, sql

    def spoil_counter(self, slug, column, by=1):
        """As if a counter had been written to by hand."""
        self._spoil(
            f"UPDATE tenant_usage SET {column} = {column} + {by}"
            f" WHERE tenant_id = (SELECT id FROM tenants WHERE slug = '{slug}')"
        )

    def spoil_entry(self, upload_id, by=1):
        """As if a ledger entry had been edited."""
        self._spoil(f"UPDATE usage_entries SET bytes_delta = bytes_delta + {by} WHERE upload_id = '{upload_id}'")

    def forget_next_look(self, upload_id):
        """As if the sweeper had done with an upload."""
        self._spoil(
            "UPDATE uploads SET next_look_at = NULL, reserved_bytes = 0, reserved_objects = 0"
            f" WHERE id = '{upload_id}'"
        )

    def entry_kinds(self, slug):
        rows = self._all(
            "SELECT kind FROM usage_entries JOIN tenants ON tenants.id = usage_entries.tenant_id"
            " WHERE tenants.slug = %s ORDER BY seq",
            slug,
        )
        return [row["kind"] for row in rows]

    def held(self, upload_id):
        """-> reserved_bytes, reserved_objects, next_look_at and status of one upload"""
        return self._one(
            "SELECT reserved_bytes, reserved_objects, next_look_at, status FROM uploads WHERE id = %s", upload_id
        )

    def locked_uploads(self):
        """A transaction that nobody can read uploads beside, until its connection is closed."""
        connection = psycopg.connect(self.url, connect_timeout=10)
        connection.execute("LOCK TABLE uploads IN ACCESS EXCLUSIVE MODE")
        return connection

    def waiting_statements(self):
        """How many statements wait for a lock."""
        return self._one("SELECT count(*) AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'")["count"]

    def edit_migrations(self):
        """As if a migration's file had been edited after it was applied: the checksum changes."""
        columns = self._all(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
            " WHERE table_name = 'schema_migrations' AND column_name ~ 'checksum|digest|hash|sha256'"
        )
        assert len(columns) == 1, f"one column of schema_migrations should hold a checksum: {columns}"
        name, kind = columns[0]["name"], columns[0]["type"]
        value = "sha256(E'edited')" if kind == "bytea" else "md5('edited') || md5('again')"
        self._spoil(f"UPDATE schema_migrations SET {name} = {value}")

    def add_unknown_migration(self):
        """As if a newer version had been here: a copy of the last row under a name that we do not know."""
        columns = self._all(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
            " WHERE table_name = 'schema_migrations' ORDER BY ordinal_position"
        )
        chosen = {column["name"]: column["name"] for column in columns}
        for column in columns:
            if column["name"] in ("version", "number", "id"):
                chosen[column["name"]] = "9999" if "int" in column["type"] else "'9999'"
            elif column["name"] in ("name", "file", "file_name"):
                chosen[column["name"]] = "'9999_from_the_future'"
        self._spoil(
            f"INSERT INTO schema_migrations ({', '.join(chosen)}) SELECT {', '.join(chosen.values())}"
            " FROM schema_migrations LIMIT 1"
        )
