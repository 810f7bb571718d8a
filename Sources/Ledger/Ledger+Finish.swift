package import Foundation
import Postgres
package import TollgateCore

/// What the store showed of an object that is now finished.
package struct FinishedObject: Sendable {
    package let bytes: Int64
    package let etag: String
    /// nil where the store told none: a declared one stays.
    package let checksum: ChecksumSHA256?

    package init(bytes: Int64, etag: String, checksum: ChecksumSHA256?) {
        self.bytes = bytes
        self.etag = etag
        self.checksum = checksum
    }
}

/// What may still change between a start and a finish, where bytes and names come in one request.
package struct LateNames: Sendable {
    package let fileName: String?
    package let uploadedBy: String?

    package init(fileName: String?, uploadedBy: String?) {
        self.fileName = fileName
        self.uploadedBy = uploadedBy
    }

    /// Nothing changes.
    package static let none = LateNames(fileName: nil, uploadedBy: nil)
}

extension Ledger {
    /// Makes a pending upload finished: its reservation becomes use, and the ledger gets an entry, in one statement.
    ///
    /// The upload's row is locked first and read again if another statement had it (FOR UPDATE, PostgreSQL, "Read
    /// Committed Isolation Level"), so that of two finishes one counts.
    /// - Returns: the finished upload; nil where it is not pending any more.
    package func finish(
        _ id: UploadID, of tenant: TenantID, object: FinishedObject, names: LateNames = .none, terms: Holding.Terms,
        at now: Date
    ) async throws -> Upload? {
        let month = UsageMonth(now)
        return try await pool.query(
            """
            WITH held AS MATERIALIZED (
                SELECT reserved_bytes, reserved_objects, api_key_id,
                    COALESCE(\(orNull: names.uploadedBy), uploaded_by) AS uploaded_by
                FROM uploads
                WHERE tenant_id = \(tenant.rawValue) AND id = \(id.rawValue) AND status = 'pending'
                FOR UPDATE
            ), counted AS (
                UPDATE tenant_usage AS u
                SET used_bytes = u.used_bytes + \(object.bytes),
                    used_objects = u.used_objects + 1,
                    reserved_bytes = u.reserved_bytes - held.reserved_bytes + \(terms.reservedBytes),
                    reserved_objects = u.reserved_objects - held.reserved_objects + \(Int64(terms.reservedObjects)),
                    pending_uploads = u.pending_uploads - 1,
                    month = GREATEST(u.month, \(month.firstDay)::date),
                    month_upload_bytes = \(object.bytes)
                        + CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END,
                    last_entry = u.last_entry + 1
                FROM held
                WHERE u.tenant_id = \(tenant.rawValue)
                RETURNING u.last_entry, held.uploaded_by, held.api_key_id
            ), entered AS (
                INSERT INTO usage_entries (
                    tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, uploaded_by, api_key_id)
                SELECT \(tenant.rawValue), last_entry, date_trunc('second', \(now)::timestamptz), 'finish',
                    \(object.bytes), 1, \(id.rawValue), uploaded_by, api_key_id
                FROM counted
            ), ended AS (
                UPDATE uploads AS f
                SET status = 'finished',
                    size = \(object.bytes),
                    etag = \(object.etag),
                    file_name = COALESCE(\(orNull: names.fileName), f.file_name),
                    uploaded_by = counted.uploaded_by,
                    checksum_sha256 = COALESCE(\(orNull: object.checksum?.bytes), f.checksum_sha256),
                    reserved_bytes = \(terms.reservedBytes),
                    reserved_objects = \(Int64(terms.reservedObjects))::smallint,
                    next_look_at = \(orNull: terms.nextLookAt),
                    finished_at = \(now)
                FROM counted
                WHERE f.tenant_id = \(tenant.rawValue) AND f.id = \(id.rawValue)
                RETURNING f.*
            )
            SELECT \(Upload.columns) FROM ended
            """
        ).first.map(Upload.init(row:))
    }
}
