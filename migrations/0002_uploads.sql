-- Uploads and the append-only ledger of what they use.

CREATE TABLE uploads (
    tenant_id        uuid        NOT NULL,
    id               uuid        NOT NULL,
    status           text        NOT NULL,
    file_name        text        NOT NULL,
    file_type        text        NOT NULL,
    object_key       text        NOT NULL,
    declared_size    bigint,
    -- The range that the signed form allows, inclusive.
    min_bytes        bigint      NOT NULL,
    max_bytes        bigint      NOT NULL,
    size             bigint,
    checksum_sha256  bytea,
    etag             text,
    uploaded_by      text,
    api_key_id       uuid        NOT NULL,
    metadata         jsonb       NOT NULL,
    -- Whether a signed form was handed out; else the bytes came through the gateway.
    by_form          boolean     NOT NULL,
    -- New content on its way to this upload; later the old content on its way out. It is nobody's upload by itself.
    replaces         uuid,
    -- What this upload still holds of the tenant's quota. tenant_usage has the sums.
    reserved_bytes   bigint      NOT NULL,
    reserved_objects smallint    NOT NULL,
    rejection_reason text,
    rejection_detail text,
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    -- When the sweeper must look at it again; NULL: never.
    next_look_at     timestamptz,
    finished_at      timestamptz,
    deleted_at       timestamptz,
    CONSTRAINT uploads_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT uploads_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT uploads_status_known CHECK (
        status IN ('pending', 'finished', 'aborted', 'expired', 'rejected', 'deleted')),
    CONSTRAINT uploads_sizes CHECK (
        min_bytes >= 0 AND max_bytes >= min_bytes AND declared_size >= 0 AND size >= 0),
    CONSTRAINT uploads_reservation CHECK (reserved_bytes >= 0 AND reserved_objects IN (0, 1)),
    CONSTRAINT uploads_checksum_length CHECK (octet_length(checksum_sha256) = 32),
    CONSTRAINT uploads_finished_facts CHECK (
        status <> 'finished' OR (size IS NOT NULL AND etag IS NOT NULL AND finished_at IS NOT NULL)),
    CONSTRAINT uploads_rejection_known CHECK (
        rejection_reason IN ('size-mismatch', 'type-mismatch', 'checksum-mismatch', 'content-mismatch'))
);

-- The sweeper asks what is due; most rows are never due again.
CREATE INDEX uploads_due ON uploads (next_look_at) WHERE next_look_at IS NOT NULL;

-- Append-only: what is wrong is put right by a further entry. Amounts are whole bytes, time whole seconds.
CREATE TABLE usage_entries (
    tenant_id     uuid        NOT NULL,
    seq           bigint      NOT NULL,
    at            timestamptz NOT NULL,
    kind          text        NOT NULL,
    bytes_delta   bigint      NOT NULL,
    objects_delta bigint      NOT NULL,
    upload_id     uuid,
    uploaded_by   text,
    api_key_id    uuid,
    CONSTRAINT usage_entries_pkey PRIMARY KEY (tenant_id, seq),
    CONSTRAINT usage_entries_kind_known CHECK (kind IN ('finish', 'replace', 'delete', 'reject', 'correction')),
    CONSTRAINT usage_entries_whole_seconds CHECK (at = date_trunc('second', at))
);
