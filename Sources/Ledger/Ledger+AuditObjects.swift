package import Foundation
import Postgres
package import TollgateCore

/// What an audit of the store needs of an upload.
package struct AuditedUpload: Sendable, Equatable {
    package let id: UploadID
    package let status: UploadStatus
    package let key: ObjectKey
    /// nil but for uploads that were finished once.
    package let bytes: Int64?
    package let etag: String?
    package let nextLookAt: Date?

    /// Whether its object may be there: it counts, or is still to come or to go.
    package var mayHaveObject: Bool { status == .pending || status == .finished || nextLookAt != nil }
}

/// All read what is committed now, so that what moves while the store is looked at is seen in its new place.
extension Ledger {
    /// The uploads of a tenant that hold these keys, found by the ids in them: an upload's own key has its id, and the
    /// key of content that replaced another's has the id of the row that brought it (``Ledger/replace``).
    ///
    /// Old content on its way out may not be found; see ``holders(ofAny:tenant:)``.
    package func holders(of keys: [ObjectKey: UploadID], tenant: TenantID) async throws -> [AuditedUpload] {
        let names = keys.keys.map(\.rawValue)
        return try await pool.query(
            """
            WITH named AS (
                SELECT id, replaces FROM uploads
                WHERE tenant_id = \(tenant.rawValue) AND id = ANY (\(keys.values.map(\.rawValue)))
            )
            SELECT \(AuditedUpload.columns) FROM uploads
            WHERE tenant_id = \(tenant.rawValue) AND object_key = ANY (\(names))
                AND id IN (SELECT id FROM named UNION SELECT replaces FROM named WHERE replaces IS NOT NULL)
            """
        ).map(AuditedUpload.init(row:))
    }

    /// The same for keys of any form: reads all rows of the tenant.
    package func holders(ofAny keys: [ObjectKey], tenant: TenantID) async throws -> [AuditedUpload] {
        try await pool.withTransaction { connection in
            try await connection.query("SET LOCAL statement_timeout = 0")
            return try await connection.query(
                """
                SELECT \(AuditedUpload.columns) FROM uploads
                WHERE tenant_id = \(tenant.rawValue) AND object_key = ANY (\(keys.map(\.rawValue)))
                """
            ).map(AuditedUpload.init(row:))
        }
    }

    /// A page of a tenant's finished uploads, by id.
    /// - Parameters:
    ///   - tenant: whose uploads.
    ///   - after: the last id of the page before; nil for the first page.
    ///   - limit: how many at most.
    /// - Returns: at most `limit`; fewer at the end.
    /// - Throws: `PostgresError`.
    package func finishedUploads(of tenant: TenantID, after: UploadID?, limit: Int) async throws -> [AuditedUpload] {
        try await pool.query(
            """
            SELECT \(AuditedUpload.columns) FROM uploads
            WHERE tenant_id = \(tenant.rawValue) AND status = 'finished'
                AND (\(orNull: after?.rawValue)::uuid IS NULL OR id > \(orNull: after?.rawValue)::uuid)
            ORDER BY id
            LIMIT \(Int64(limit))
            """
        ).map(AuditedUpload.init(row:))
    }

    package func auditedUpload(_ id: UploadID, of tenant: TenantID) async throws -> AuditedUpload? {
        try await pool.query(
            """
            SELECT \(AuditedUpload.columns) FROM uploads
            WHERE tenant_id = \(tenant.rawValue) AND id = \(id.rawValue)
            """
        ).first.map(AuditedUpload.init(row:))
    }
}

extension AuditedUpload {
    static let columns: SQL = "id, status, object_key, size, etag, next_look_at"

    init(row: PostgresRow) throws {
        guard let status = UploadStatus(rawValue: try row.decode("status", as: String.self)) else {
            throw LedgerError.corrupt(table: "uploads", column: "status")
        }
        guard let key = ObjectKey(try row.decode("object_key", as: String.self)) else {
            throw LedgerError.corrupt(table: "uploads", column: "object_key")
        }
        self.init(
            id: UploadID(try row.decode("id", as: UUID.self)), status: status, key: key,
            bytes: try row.decode("size", as: Int64?.self), etag: try row.decode("etag", as: String?.self),
            nextLookAt: try row.decode("next_look_at", as: Date?.self))
    }
}
