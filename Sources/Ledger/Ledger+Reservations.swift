package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// Reserves what an upload may use and inserts it, in one statement: both or neither.
    ///
    /// The update of the tenant's counters carries the quota as its condition. PostgreSQL evaluates it again on the
    /// newest version of a row that it had to wait for (PostgreSQL, "Read Committed Isolation Level"), so that no
    /// interleaving admits more than fits.
    /// - Returns: the tenant's counters with this reservation.
    /// - Throws: ``QuotaExceeded`` with the figures; ``LedgerError/busy``.
    package func reserve(_ new: NewUpload) async throws -> TenantUsage {
        // A refusal is explained by a second look. Should there be room by then, the reservation is tried again.
        for _ in 0..<3 {
            if let usage = try await tryToReserve(new) { return usage }
            let usage = try await usage(of: new.upload.tenantID, at: new.upload.createdAt)
            _ = try usage.usage.admit(QuotaDemand(new.terms), limits: usage.limits)
        }
        throw LedgerError.busy
    }

    /// - Returns: nil where the quota has no room.
    private func tryToReserve(_ new: NewUpload) async throws -> TenantUsage? {
        let upload = new.upload
        let bytes = new.terms.reservedBytes
        let objects = Int64(new.terms.reservedObjects)
        let month = UsageMonth(upload.createdAt)
        let rows = try await pool.query(
            """
            WITH room AS (
                UPDATE tenant_usage AS u
                SET reserved_bytes = u.reserved_bytes + \(bytes),
                    reserved_objects = u.reserved_objects + \(objects),
                    pending_uploads = u.pending_uploads + 1,
                    month = GREATEST(u.month, \(month.firstDay)::date),
                    month_upload_bytes =
                        CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END
                FROM tenants AS t
                WHERE u.tenant_id = \(upload.tenantID.rawValue)
                    AND t.id = u.tenant_id
                    AND (t.storage_quota_bytes IS NULL
                        OR u.used_bytes + u.reserved_bytes + \(bytes) <= t.storage_quota_bytes)
                    AND (t.object_quota IS NULL
                        OR u.used_objects + u.reserved_objects + \(objects) <= t.object_quota)
                    AND (t.max_pending_uploads IS NULL OR u.pending_uploads + 1 <= t.max_pending_uploads)
                    AND (t.monthly_upload_quota_bytes IS NULL
                        OR CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END
                            + u.reserved_bytes + \(bytes) <= t.monthly_upload_quota_bytes)
                RETURNING u.*, t.storage_quota_bytes, t.object_quota, t.max_pending_uploads,
                    t.monthly_upload_quota_bytes
            ), inserted AS (
                INSERT INTO uploads (
                    tenant_id, id, status, file_name, file_type, object_key, declared_size, min_bytes, max_bytes,
                    checksum_sha256, uploaded_by, api_key_id, metadata, by_form, replaces, reserved_bytes,
                    reserved_objects, created_at, expires_at, next_look_at)
                SELECT tenant_id, \(upload.id.rawValue), 'pending', \(upload.fileName), \(upload.fileType.description),
                    \(upload.key.rawValue), \(orNull: upload.declaredBytes), \(upload.allowedBytes.lowerBound),
                    \(upload.allowedBytes.upperBound), \(orNull: upload.checksum?.bytes), \(orNull: upload.uploadedBy),
                    \(upload.apiKeyID.rawValue), \(JSONText(metadata: upload.metadata)), \(upload.byForm), \(orNull: new.replaces?.rawValue), \(bytes), \(objects)::smallint,
                    \(upload.createdAt), \(upload.expiresAt), \(orNull: new.terms.nextLookAt)
                FROM room
            )
            SELECT used_bytes, used_objects, reserved_bytes, reserved_objects, pending_uploads, month_upload_bytes,
                storage_quota_bytes, object_quota, max_pending_uploads, monthly_upload_quota_bytes
            FROM room
            """)
        return try rows.first.map(TenantUsage.init(row:))
    }

    /// A tenant's counters beside its quotas, as they are now.
    package func usage(of tenant: TenantID, at now: Date) async throws -> TenantUsage {
        let month = UsageMonth(now)
        let rows = try await pool.query(
            """
            SELECT u.used_bytes, u.used_objects, u.reserved_bytes, u.reserved_objects, u.pending_uploads,
                CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END
                    AS month_upload_bytes,
                t.storage_quota_bytes, t.object_quota, t.max_pending_uploads, t.monthly_upload_quota_bytes
            FROM tenant_usage AS u
            JOIN tenants AS t ON t.id = u.tenant_id
            WHERE u.tenant_id = \(tenant.rawValue)
            """)
        guard let row = rows.first else { throw LedgerError.corrupt(table: "tenant_usage", column: "tenant_id") }
        return try TenantUsage(row: row)
    }
}
