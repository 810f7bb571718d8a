package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// The first start with this key; nil where there is none, or it is longer ago than a key is remembered.
    package func rememberedStart(
        _ key: IdempotencyKey, of tenant: TenantID, at now: Date
    ) async throws -> RememberedStart? {
        let rows = try await read(
            for: tenant,
            """
            SELECT u.tenant_id, u.id, u.status, u.file_name, k.file_type, k.object_key, u.declared_size, k.min_bytes,
                k.max_bytes, u.size, k.checksum_sha256, u.etag, u.uploaded_by, u.api_key_id, u.metadata, u.by_form,
                u.reserved_bytes, u.rejection_reason, u.rejection_detail, u.created_at,
                k.form_expires_at AS expires_at, u.finished_at, u.deleted_at, k.request_digest, k.signed_at
            FROM idempotency_keys AS k
            JOIN uploads AS u ON u.tenant_id = k.tenant_id AND u.id = k.upload_id
            WHERE k.tenant_id = \(tenant.rawValue) AND k.key_digest = \(key.digest) AND k.expires_at > \(now)
            """)
        return try rows.first.map { row in
            RememberedStart(
                requestDigest: try row.decode("request_digest", as: [UInt8].self),
                signedAt: try row.decode("signed_at", as: Date.self), upload: try Upload(row: row))
        }
    }

    /// Removes keys whose time is over, the oldest first.
    /// - Returns: how many; fewer than `limit` when no more are over, but for those that another gateway removes.
    package func forgetIdempotencyKeys(at now: Date, limit: Int) async throws -> Int {
        try await pool.query(
            """
            DELETE FROM idempotency_keys AS k
            USING (
                SELECT tenant_id, key_digest FROM idempotency_keys
                WHERE expires_at <= \(now)
                ORDER BY expires_at
                LIMIT \(Int64(limit))
                FOR UPDATE SKIP LOCKED
            ) AS over
            WHERE k.tenant_id = over.tenant_id AND k.key_digest = over.key_digest
            RETURNING k.upload_id
            """
        ).count
    }

    /// Those requests of a batch whose key is taken. Keys whose time is over are removed on the way.
    static func takenKeys(of batch: StartBatch, _ connection: PostgresConnection) async throws -> Set<UploadID> {
        let keyed = batch.requests.filter { $0.idempotencyKey != nil }
        guard !keyed.isEmpty else { return [] }
        let rows = try await connection.query(
            """
            WITH asked AS (
                SELECT * FROM unnest(
                    \(keyed.map(\.upload.tenantID.rawValue)), \(keyed.map { $0.idempotencyKey?.digest }),
                    \(keyed.map(\.upload.id.rawValue)), \(keyed.map(\.upload.createdAt))
                ) AS r (tenant_id, key_digest, id, started_at)
            ), removed AS (
                DELETE FROM idempotency_keys AS k
                USING asked
                WHERE k.tenant_id = asked.tenant_id AND k.key_digest = asked.key_digest
                    AND k.expires_at <= asked.started_at
            )
            SELECT asked.id
            FROM asked
            JOIN idempotency_keys AS k ON k.tenant_id = asked.tenant_id AND k.key_digest = asked.key_digest
            WHERE k.expires_at > asked.started_at
            """)
        return try Set(rows.map { UploadID(try $0.decode("id", as: UUID.self)) })
    }

    /// Commits a batch in which a key stands more than once: the first request with it speaks for the others.
    static func commit(
        _ batch: StartBatch, _ repeats: [UploadID: UploadID], _ pool: PostgresPool
    ) async throws -> [Admission] {
        let firsts = StartBatch(batch.requests.filter { repeats[$0.upload.id] == nil })
        let decided = Dictionary(
            zip(firsts.requests.map(\.upload.id), try await commit(firsts, pool)),
            uniquingKeysWith: { first, _ in first })
        return try batch.requests.map { request in
            let first = repeats[request.upload.id]
            guard let admission = decided[first ?? request.upload.id] else {
                throw LedgerError.corrupt(table: "idempotency_keys", column: "upload_id")
            }
            if first != nil, case .admitted = admission { return .repeated }
            return admission
        }
    }
}

extension StartBatch {
    /// Requests whose idempotency key an earlier one of the batch has, each with that first one.
    ///
    /// Of a key with several requests the others are told apart once the first is admitted. Where it is refused, its
    /// answer is theirs: they are repetitions of it, or a mistake of the caller.
    var repeats: [UploadID: UploadID] {
        var firsts: [KeyOfTenant: UploadID] = [:]
        var repeats: [UploadID: UploadID] = [:]
        for request in requests {
            guard let key = request.idempotencyKey else { continue }
            let owned = KeyOfTenant(tenant: request.upload.tenantID, digest: key.digest)
            if let first = firsts[owned] {
                repeats[request.upload.id] = first
            } else {
                firsts[owned] = request.upload.id
            }
        }
        return repeats
    }

    private struct KeyOfTenant: Hashable {
        let tenant: TenantID
        let digest: [UInt8]
    }
}
