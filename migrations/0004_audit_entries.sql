-- Who changed which tenant, limit or key, when and from where. Append-only: an entry is written in the transaction of
-- its change and never touched again; the role that gateways serve under may insert and read, nothing else.

CREATE TABLE audit_entries (
    -- UUIDv7: in the order of making.
    id           uuid        NOT NULL,
    -- Whose log shows it; NULL: the platform's alone. No foreign key: an entry outlives what it is about.
    tenant_id    uuid,
    at           timestamptz NOT NULL,
    actor_kind   text        NOT NULL,
    actor_key_id uuid,
    -- The operating system's name of whoever ran the command.
    actor_user   text,
    action       text        NOT NULL,
    target_kind  text        NOT NULL,
    target_id    uuid        NOT NULL,
    before       jsonb,
    after        jsonb,
    request_id   text,
    address      text,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (id),
    CONSTRAINT audit_entries_actor CHECK (
        (actor_kind IN ('key', 'operator') AND actor_key_id IS NOT NULL AND actor_user IS NULL)
        OR (actor_kind = 'cli' AND actor_key_id IS NULL)),
    CONSTRAINT audit_entries_action_known CHECK (
        action IN (
            'tenant.create', 'tenant.update', 'tenant.suspend', 'tenant.resume',
            'key.create', 'key.rotate', 'key.revoke')),
    CONSTRAINT audit_entries_target_known CHECK (target_kind IN ('tenant', 'key'))
);

CREATE INDEX audit_entries_of_tenant ON audit_entries (tenant_id, id);
