-- Tells every gateway which key or tenant changed, so that none of them has to ask before it serves a request.
--
-- Triggers, so that a change made by hand counts like one of a gateway's. A payload is "key <public id>",
-- "tenant <id>" or "everything". New rows are not told: nothing can be remembered of them.

CREATE FUNCTION notify_key_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- When a key was used last decides nothing, and is written all the time.
        OLD.last_used_at := NEW.last_used_at;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM pg_notify('tollgate_identity', 'key ' || OLD.public_id);
    RETURN NULL;
END
$$;

CREATE FUNCTION notify_tenant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tollgate_identity', 'tenant ' || OLD.id);
    RETURN NULL;
END
$$;

CREATE FUNCTION notify_everything_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tollgate_identity', 'everything');
    RETURN NULL;
END
$$;

CREATE TRIGGER api_keys_changed AFTER UPDATE OR DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION notify_key_changed();

CREATE TRIGGER tenants_changed AFTER UPDATE OR DELETE ON tenants
    FOR EACH ROW EXECUTE FUNCTION notify_tenant_changed();

CREATE TRIGGER api_keys_emptied AFTER TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION notify_everything_changed();

CREATE TRIGGER tenants_emptied AFTER TRUNCATE ON tenants
    FOR EACH STATEMENT EXECUTE FUNCTION notify_everything_changed();
