-- Tenants, their hot counters, and the keys that speak for them.
--
-- Every table of a tenant has tenant_id first in its primary key, so that rows can be spread by tenant.
-- api_keys is the exception: a key names its tenant, so it is looked up before the tenant is known, and the
-- operator's keys have none.

CREATE TABLE tenants (
    id                            uuid        NOT NULL,
    slug                          text        NOT NULL,
    name                          text        NOT NULL,
    created_at                    timestamptz NOT NULL,
    suspended_at                  timestamptz,
    -- Limits; NULL is "unlimited" wherever a column may be NULL.
    max_file_bytes                bigint      DEFAULT 104857600,
    min_file_bytes                bigint      NOT NULL DEFAULT 1,
    allowed_types                 text[]      NOT NULL DEFAULT '{*/*}',
    storage_quota_bytes           bigint,
    object_quota                  bigint,
    monthly_upload_quota_bytes    bigint,
    max_pending_uploads           bigint      DEFAULT 1000,
    url_expiry_seconds            integer     NOT NULL DEFAULT 900,
    undeclared_url_expiry_seconds integer     NOT NULL DEFAULT 120,
    requests_per_second           integer,
    unfinished                    text        NOT NULL DEFAULT 'delete',
    verify_content                text        NOT NULL DEFAULT 'lenient',
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_slug_taken UNIQUE (slug),
    CONSTRAINT tenants_slug_form CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$'),
    CONSTRAINT tenants_name_length CHECK (char_length(name) BETWEEN 1 AND 255),
    CONSTRAINT tenants_limits_range CHECK (
        min_file_bytes >= 0
        AND max_file_bytes >= min_file_bytes
        AND storage_quota_bytes >= 0
        AND object_quota >= 0
        AND monthly_upload_quota_bytes >= 0
        AND max_pending_uploads >= 0
        AND url_expiry_seconds BETWEEN 10 AND 3600
        AND undeclared_url_expiry_seconds BETWEEN 10 AND 3600
        AND requests_per_second >= 1),
    CONSTRAINT tenants_unfinished_known CHECK (unfinished IN ('delete', 'finish')),
    CONSTRAINT tenants_verify_content_known CHECK (verify_content IN ('off', 'lenient', 'strict'))
);

-- One narrow row a tenant, rewritten by every start and finish. The low fillfactor keeps room on its page for
-- HOT updates (PostgreSQL, "Heap-Only Tuples"); there is no index but the key, so every update can be one.
CREATE TABLE tenant_usage (
    tenant_id          uuid    NOT NULL,
    used_bytes         bigint  NOT NULL DEFAULT 0,
    used_objects       bigint  NOT NULL DEFAULT 0,
    reserved_bytes     bigint  NOT NULL DEFAULT 0,
    reserved_objects   bigint  NOT NULL DEFAULT 0,
    pending_uploads    bigint  NOT NULL DEFAULT 0,
    -- The UTC month that month_upload_bytes counts, as its first day.
    month              date    NOT NULL DEFAULT '1970-01-01',
    month_upload_bytes bigint  NOT NULL DEFAULT 0,
    -- The number of the tenant's newest ledger entry.
    last_entry         bigint  NOT NULL DEFAULT 0,
    CONSTRAINT tenant_usage_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_usage_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_usage_not_negative CHECK (
        used_bytes >= 0 AND used_objects >= 0
        AND reserved_bytes >= 0 AND reserved_objects >= 0
        AND pending_uploads >= 0 AND month_upload_bytes >= 0)
) WITH (fillfactor = 10);

CREATE TABLE api_keys (
    id             uuid        NOT NULL,
    -- The part of the key that may be shown: the look-up.
    public_id      text        NOT NULL,
    -- NULL: a key of the platform's operator.
    tenant_id      uuid,
    name           text        NOT NULL,
    -- argon2id, a PHC string. The key itself is nowhere.
    hash           text        NOT NULL,
    scopes         text[]      NOT NULL,
    max_file_bytes bigint,
    allowed_types  text[],
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    expires_at     timestamptz,
    revoked_at     timestamptz,
    last_used_at   timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_public_id_taken UNIQUE (public_id),
    CONSTRAINT api_keys_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT api_keys_name_length CHECK (char_length(name) BETWEEN 1 AND 255),
    CONSTRAINT api_keys_hash_form CHECK (hash LIKE '$argon2id$%'),
    CONSTRAINT api_keys_scopes_known CHECK (
        cardinality(scopes) > 0
        AND scopes <@ ARRAY['uploads:write', 'uploads:read', 'uploads:delete', 'usage:read', 'keys:manage', 'operator']
        AND ('operator' = ANY (scopes)) = (tenant_id IS NULL)),
    CONSTRAINT api_keys_constraints_range CHECK (max_file_bytes >= 0)
);

CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, id);
