-- Starts that can be repeated for a day: what an Idempotency-Key was used for first.
--
-- Neither the key nor the signed form is here: digests tell two keys and two requests apart, and with what was signed
-- the form is signed again. The upload's own row may have other content by then, so that this one says what was signed.

CREATE TABLE idempotency_keys (
    tenant_id       uuid        NOT NULL,
    -- SHA-256 of the key and of the credentials that sent it.
    key_digest      bytea       NOT NULL,
    -- SHA-256 of the request in one spelling.
    request_digest  bytea       NOT NULL,
    upload_id       uuid        NOT NULL,
    object_key      text        NOT NULL,
    file_type       text        NOT NULL,
    min_bytes       bigint      NOT NULL,
    max_bytes       bigint      NOT NULL,
    checksum_sha256 bytea,
    signed_at       timestamptz NOT NULL,
    form_expires_at timestamptz NOT NULL,
    -- When the key means nothing any more.
    expires_at      timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, key_digest),
    CONSTRAINT idempotency_keys_upload FOREIGN KEY (tenant_id, upload_id) REFERENCES uploads (tenant_id, id)
        ON DELETE CASCADE,
    CONSTRAINT idempotency_keys_digest_lengths CHECK (
        octet_length(key_digest) = 32 AND octet_length(request_digest) = 32)
);

-- What is over is removed in the order of its end.
CREATE INDEX idempotency_keys_over ON idempotency_keys (expires_at);
