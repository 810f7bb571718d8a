-- Finished uploads number first to last of a table of so many rows, the oldest first, with their ledger entries. Even
-- numbers are the first tenant's, the others go round the rest. Ids are UUIDv7 of the times at which they were made, three
-- seconds apart up to `until`.
WITH filled AS MATERIALIZED (
    SELECT (%(tenants)s::uuid[])[CASE WHEN n %% 2 = 0 THEN 1 ELSE 2 + (n / 2) %% crowd END] AS tenant,
        CASE WHEN n %% 2 = 0 THEN n / 2 ELSE n / 2 / crowd END + 1 AS seq,
        encode(overlay(uuid_send(md5(n::text)::uuid)
            PLACING substring(int8send(second * 1000) || '\x70'::bytea FROM 3)
            FROM 1 FOR 7), 'hex')::uuid AS id,
        1000 + n %% 100000 AS bytes, to_timestamp(second) AS at
    FROM (SELECT cardinality(%(tenants)s::uuid[]) - 1 AS crowd) AS t,
        generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
        LATERAL (SELECT %(until)s::bigint - (%(rows)s::bigint - n) * 3 AS second) AS made
), made AS (
    INSERT INTO uploads (
        tenant_id, id, status, file_name, file_type, object_key, declared_size, min_bytes, max_bytes, size, etag,
        api_key_id, metadata, by_form, reserved_bytes, reserved_objects, created_at, expires_at, finished_at)
    SELECT tenant, id, 'finished', 'cool_logo.png', 'image/png', 'filled/' || id || '.png', bytes, bytes, bytes, bytes,
        md5(id::text), tenant, '{}', true, 0, 0, at, at + interval '15 minutes', at + interval '2 seconds'
    FROM filled
)
INSERT INTO usage_entries (tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, api_key_id)
SELECT tenant, seq, at + interval '2 seconds', 'finish', bytes, 1, id, tenant
FROM filled;
UPDATE tenant_usage AS c
SET used_bytes = s.bytes, used_objects = s.objects, last_entry = s.objects
FROM (SELECT tenant_id, sum(size) AS bytes, count(*) AS objects FROM uploads GROUP BY tenant_id) AS s
WHERE s.tenant_id = c.tenant_id;
