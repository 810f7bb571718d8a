import Foundation
import Postgres
import TollgateCore

/// Starts that are decided and committed together, as arrays of their columns.
struct StartBatch: Sendable {
    let requests: [NewUpload]

    init(_ requests: [NewUpload]) {
        self.requests = requests
    }

    /// Whose counters are touched.
    var tenants: [UUID] { Array(Set(requests.map(\.upload.tenantID.rawValue))) }

    /// Reserves and inserts for every tenant that has room for all of its requests, and does nothing for the others.
    /// Answers the counters of the former, with these reservations.
    ///
    /// The counters are locked in the order of the ids, so that no two batches wait for each other. The quotas are the
    /// condition of the update itself: PostgreSQL evaluates it on the newest version of a row that it had to wait for
    /// (PostgreSQL, "Read Committed Isolation Level"), so that no interleaving admits more than fits. The quotas
    /// themselves are those of the statement's start: one that is lowered while the batch waits for a lock holds from the
    /// next batch on, as if the starts had come before it. The sums are numeric, so that none of them overflows.
    ///
    /// OFFSET 0 keeps the quotas in a subquery, which the planner does not merge: each tenant's are found by its key. As a
    /// join it reads all tenants for a batch of many, of whatever few.
    var statement: SQL {
        """
        WITH \(asked), room AS (
            UPDATE tenant_usage AS u
            SET reserved_bytes = u.reserved_bytes + d.bytes,
                reserved_objects = u.reserved_objects + d.objects,
                pending_uploads = u.pending_uploads + d.uploads,
                month = GREATEST(u.month, d.month),
                month_upload_bytes = CASE WHEN u.month >= d.month THEN u.month_upload_bytes ELSE 0 END
            FROM demand AS d
            CROSS JOIN LATERAL (
                SELECT storage_quota_bytes, object_quota, max_pending_uploads, monthly_upload_quota_bytes
                FROM tenants
                WHERE id = d.tenant_id
                OFFSET 0
            ) AS t
            WHERE u.tenant_id = d.tenant_id
                AND (d.bytes = 0
                    OR u.used_bytes + (u.reserved_bytes + d.bytes) <= COALESCE(t.storage_quota_bytes, \(Int64.max)))
                AND u.used_objects + (u.reserved_objects + d.objects) <= COALESCE(t.object_quota, \(Int64.max))
                AND u.pending_uploads + d.uploads <= COALESCE(t.max_pending_uploads, \(Int64.max))
                AND (d.bytes = 0
                    OR CASE WHEN u.month >= d.month THEN u.month_upload_bytes ELSE 0 END
                        + (u.reserved_bytes + d.bytes) <= COALESCE(t.monthly_upload_quota_bytes, \(Int64.max)))
            RETURNING u.*, t.storage_quota_bytes, t.object_quota, t.max_pending_uploads, t.monthly_upload_quota_bytes
        ), inserted AS (
            INSERT INTO uploads (
                tenant_id, id, status, file_name, file_type, object_key, declared_size, min_bytes, max_bytes,
                checksum_sha256, uploaded_by, api_key_id, metadata, by_form, replaces, reserved_bytes,
                reserved_objects, created_at, expires_at, next_look_at)
            SELECT tenant_id, id, 'pending', file_name, file_type, object_key, declared_size, min_bytes, max_bytes,
                checksum_sha256, uploaded_by, api_key_id, metadata, by_form, replaces, reserved_bytes,
                reserved_objects, created_at, expires_at, next_look_at
            FROM request
            WHERE tenant_id IN (SELECT tenant_id FROM room)
        )\(remembered)
        SELECT tenant_id, used_bytes, used_objects, reserved_bytes, reserved_objects, pending_uploads,
            month_upload_bytes, storage_quota_bytes, object_quota, max_pending_uploads, monthly_upload_quota_bytes
        FROM room
        """
    }

    /// Remembers the idempotency keys of what was inserted; nothing where no request has one.
    ///
    /// A key that is taken fails the whole statement by the constraint of ``idempotencyKeyTaken``: its tenant's counters
    /// must not be touched for it, and they were read before it could be seen.
    private var remembered: SQL {
        let keyed = requests.filter { $0.idempotencyKey != nil }
        guard !keyed.isEmpty else { return "" }
        return """
            , remembered AS (
                INSERT INTO idempotency_keys (
                    tenant_id, key_digest, request_digest, upload_id, object_key, file_type, min_bytes, max_bytes,
                    checksum_sha256, signed_at, form_expires_at, expires_at)
                SELECT r.tenant_id, k.key_digest, k.request_digest, r.id, r.object_key, r.file_type, r.min_bytes,
                    r.max_bytes, r.checksum_sha256, r.created_at, r.expires_at, r.created_at + interval '24 hours'
                FROM unnest(
                    \(keyed.map(\.upload.id.rawValue)), \(keyed.map { $0.idempotencyKey?.digest }),
                    \(keyed.map { $0.idempotencyKey?.requestDigest })
                ) AS k (id, key_digest, request_digest)
                JOIN request AS r ON r.id = k.id
                WHERE r.tenant_id IN (SELECT tenant_id FROM room)
            )
            """
    }

    /// The constraint that says so.
    static let idempotencyKeyTaken = "idempotency_keys_pkey"

    /// `request`, a row for each, and `demand`, what each tenant's need together, once its counters are locked.
    ///
    /// Written so that PostgreSQL keeps one plan for all batches, since to plan one takes it as long as to execute it. It
    /// keeps a plan that is not dearer, by more than planning is reckoned to cost, than those made for the values at hand
    /// (PostgreSQL, PREPARE, "Notes"), and a plan for an array of one tenant looks cheap. How long the array is, it does
    /// not see through a subquery; and a left join, which here finds what an inner one would, has no fewer rows than
    /// tenants by its reckoning.
    private var asked: SQL {
        if let only = requests.first, requests.count == 1 { return Self.asked(only) }
        return """
            request AS (\(rows)), locked AS MATERIALIZED (
                SELECT tenant_id FROM tenant_usage
                WHERE tenant_id = ANY ((SELECT \(tenants))::uuid[])
                ORDER BY tenant_id
                FOR UPDATE
            ), demand AS (
                SELECT tenant_id, sum(reserved_bytes) AS bytes, sum(reserved_objects) AS objects, count(*) AS uploads,
                    max(month) AS month
                FROM locked LEFT JOIN request USING (tenant_id)
                GROUP BY tenant_id
            )
            """
    }

    /// The same for a lone request, whose latency is that of this statement: its values stand where they are needed, and
    /// nothing is gathered, joined or locked ahead. To set up the executor for arrays takes PostgreSQL as long again.
    private static func asked(_ request: NewUpload) -> SQL {
        let upload = request.upload
        return """
            request AS NOT MATERIALIZED (
                SELECT \(upload.tenantID.rawValue) AS tenant_id, \(upload.id.rawValue) AS id,
                    \(upload.fileName) AS file_name, \(upload.fileType.description) AS file_type,
                    \(upload.key.rawValue) AS object_key, \(orNull: upload.declaredBytes) AS declared_size,
                    \(upload.allowedBytes.lowerBound) AS min_bytes, \(upload.allowedBytes.upperBound) AS max_bytes,
                    \(orNull: upload.checksum?.bytes) AS checksum_sha256, \(orNull: upload.uploadedBy) AS uploaded_by,
                    \(upload.apiKeyID.rawValue) AS api_key_id, \(JSONText(metadata: upload.metadata)) AS metadata,
                    \(upload.byForm) AS by_form, \(orNull: request.replaces?.rawValue) AS replaces,
                    \(request.terms.reservedBytes) AS reserved_bytes,
                    \(Int16(request.terms.reservedObjects)) AS reserved_objects, \(upload.createdAt) AS created_at,
                    \(upload.expiresAt) AS expires_at, \(orNull: request.terms.nextLookAt) AS next_look_at,
                    \(UsageMonth(upload.createdAt).firstDay)::date AS month
            ), demand AS (
                SELECT tenant_id, reserved_bytes::numeric AS bytes, reserved_objects AS objects, 1 AS uploads, month
                FROM request
            )
            """
    }

    private var rows: SQL {
        """
        SELECT *, first_of_month::date AS month
        FROM unnest(
            \(uploads { $0.tenantID.rawValue }), \(uploads { $0.id.rawValue }), \(uploads { $0.fileName }),
            \(uploads { $0.fileType.description }), \(uploads { $0.key.rawValue }), \(uploads { $0.declaredBytes }),
            \(uploads { $0.allowedBytes.lowerBound }), \(uploads { $0.allowedBytes.upperBound }),
            \(uploads { $0.checksum?.bytes }), \(uploads { $0.uploadedBy }), \(uploads { $0.apiKeyID.rawValue }),
            \(uploads { JSONText(metadata: $0.metadata) }), \(uploads { $0.byForm }),
            \(requests.map { $0.replaces?.rawValue }), \(requests.map { $0.terms.reservedBytes }),
            \(requests.map { Int16($0.terms.reservedObjects) }), \(uploads { $0.createdAt }),
            \(uploads { $0.expiresAt }), \(requests.map { $0.terms.nextLookAt }),
            \(uploads { UsageMonth($0.createdAt).firstDay })
        ) AS r (
            tenant_id, id, file_name, file_type, object_key, declared_size, min_bytes, max_bytes, checksum_sha256,
            uploaded_by, api_key_id, metadata, by_form, replaces, reserved_bytes, reserved_objects, created_at,
            expires_at, next_look_at, first_of_month)
        """
    }

    private func uploads<Value>(_ value: (Upload) -> Value) -> [Value] { requests.map { value($0.upload) } }
}
