-- pgbench: what one start does to the database, in one statement and one commit: the tenant's counters are locked,
-- held against its quotas and raised, and the upload is inserted. Ids ascend with time, as the gateway's do.
WITH room AS (
    UPDATE tenant_usage AS u
    SET reserved_bytes = u.reserved_bytes + 48213,
        reserved_objects = u.reserved_objects + 1,
        pending_uploads = u.pending_uploads + 1
    FROM tenants AS t
    WHERE u.tenant_id = :tenant::uuid AND t.id = u.tenant_id
        AND u.used_bytes + u.reserved_bytes + 48213 <= COALESCE(t.storage_quota_bytes, 9223372036854775807)
        AND u.used_objects + u.reserved_objects + 1 <= COALESCE(t.object_quota, 9223372036854775807)
        AND u.pending_uploads + 1 <= COALESCE(t.max_pending_uploads, 9223372036854775807)
        AND u.month_upload_bytes + u.reserved_bytes + 48213 <= COALESCE(t.monthly_upload_quota_bytes, 9223372036854775807)
    RETURNING u.tenant_id, u.used_bytes, u.reserved_bytes, u.used_objects, u.reserved_objects
), new AS (
    SELECT encode(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        'hex')::uuid AS id
), inserted AS (
    INSERT INTO uploads (
        tenant_id, id, status, file_name, file_type, object_key, declared_size, min_bytes, max_bytes, api_key_id,
        metadata, by_form, reserved_bytes, reserved_objects, created_at, expires_at, next_look_at)
    SELECT room.tenant_id, new.id, 'pending', 'cool_logo.png', 'image/png', 'hot/' || new.id || '.png', 48213, 48213,
        48213, :key::uuid, '{}', true, 48213, 1, now(), now() + interval '15 minutes', now() + interval '2 hours'
    FROM room, new
)
SELECT * FROM room;
