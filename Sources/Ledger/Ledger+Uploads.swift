package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// One upload; nil where this tenant has none of that id.
    package func upload(_ id: UploadID, of tenant: TenantID) async throws -> Upload? {
        try await read(for: tenant, Self.selectUpload(id, of: tenant)).first.map(Upload.init(row:))
    }

    static func selectUpload(_ id: UploadID, of tenant: TenantID) -> SQL {
        """
        SELECT \(Upload.columns) FROM uploads
        WHERE tenant_id = \(tenant.rawValue) AND id = \(id.rawValue) AND replaces IS NULL
        """
    }

    /// Whether an object is one that counts: a finished upload's, content that replaced another's included.
    package func isFinished(_ key: ObjectKey, of tenant: TenantID, among ids: [UploadID]) async throws -> Bool {
        try await !read(
            for: tenant,
            """
            SELECT id FROM uploads
            WHERE tenant_id = \(tenant.rawValue) AND id = ANY (\(ids.map(\.rawValue))) AND object_key = \(key.rawValue)
                AND status = 'finished'
            """
        ).isEmpty
    }

    /// A page of a tenant's uploads, newest first. Ids are UUIDv7: their order is that of creation.
    /// - Parameters:
    ///   - tenant: whose uploads.
    ///   - status: only those in this state; nil: all.
    ///   - uploadedBy: only those of this end user; nil: all.
    ///   - before: the last id of the page before; nil for the first page.
    ///   - limit: how many at most.
    /// - Returns: at most `limit` uploads; fewer at the end.
    /// - Throws: `PostgresError`.
    package func uploads(
        of tenant: TenantID, status: UploadStatus?, uploadedBy: String?, before: UploadID?, limit: Int
    ) async throws -> [Upload] {
        try await read(
            for: tenant,
            """
            SELECT \(Upload.columns) FROM uploads
            WHERE tenant_id = \(tenant.rawValue) AND replaces IS NULL
                AND (\(orNull: before?.rawValue)::uuid IS NULL OR id < \(orNull: before?.rawValue)::uuid)
                AND (\(orNull: status?.rawValue)::text IS NULL OR status = \(orNull: status?.rawValue)::text)
                AND (\(orNull: uploadedBy)::text IS NULL OR uploaded_by = \(orNull: uploadedBy)::text)
            ORDER BY id DESC
            LIMIT \(Int64(limit))
            """
        ).map(Upload.init(row:))
    }

    /// Gives a pending upload's form a new life; it never ends earlier than before.
    /// - Returns: nil where the upload is not pending any more.
    package func renew(
        _ id: UploadID, of tenant: TenantID, expiresAt: Date, nextLookAt: Date?
    ) async throws -> Upload? {
        try await pool.query(
            """
            UPDATE uploads
            SET expires_at = GREATEST(expires_at, \(expiresAt)),
                next_look_at = GREATEST(next_look_at, \(orNull: nextLookAt))
            WHERE tenant_id = \(tenant.rawValue) AND id = \(id.rawValue) AND status = 'pending'
            RETURNING \(Upload.columns)
            """
        ).first.map(Upload.init(row:))
    }
}
