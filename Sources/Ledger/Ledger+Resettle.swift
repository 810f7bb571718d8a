package import Foundation
import Postgres
package import TollgateCore

/// What became of a changed object's count.
package enum Resettlement: Sendable, Equatable {
    case settled
    /// It needs more than the upload still holds. Nothing has changed.
    case noRoom
    /// The upload is not as it was taken, because somebody else has dealt with it. Nothing has changed.
    case dealtWith
}

extension Ledger {
    /// Counts the object that took a finished upload's place: size, ETag and checksum are recorded, and the ledger gets
    /// an entry of the difference, in one statement.
    ///
    /// What more it needs comes out of the upload's own reservation, so that no quota is asked and none is exceeded.
    package func resettle(
        _ due: DueUpload, object: FinishedObject, terms: Holding.Terms, at now: Date
    ) async throws -> Resettlement {
        let upload = due.upload
        let month = UsageMonth(now)
        let rows = try await pool.query(
            """
            WITH held AS MATERIALIZED (
                SELECT \(object.bytes) - size AS growth, reserved_bytes, reserved_objects, uploaded_by, api_key_id
                FROM uploads
                WHERE tenant_id = \(upload.tenantID.rawValue) AND id = \(upload.id.rawValue)
                    AND status = 'finished' AND next_look_at = \(due.claimedUntil)
                FOR UPDATE
            ), counted AS (
                UPDATE tenant_usage AS u
                SET used_bytes = u.used_bytes + held.growth,
                    reserved_bytes = u.reserved_bytes - held.reserved_bytes + \(terms.reservedBytes),
                    reserved_objects = u.reserved_objects - held.reserved_objects + \(Int64(terms.reservedObjects)),
                    month = GREATEST(u.month, \(month.firstDay)::date),
                    month_upload_bytes = GREATEST(held.growth, 0)
                        + CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END,
                    last_entry = u.last_entry + 1
                FROM held
                WHERE u.tenant_id = \(upload.tenantID.rawValue)
                    AND held.growth + \(terms.reservedBytes) <= held.reserved_bytes
                RETURNING u.last_entry, held.growth, held.uploaded_by, held.api_key_id
            ), entered AS (
                INSERT INTO usage_entries (
                    tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, uploaded_by, api_key_id)
                SELECT \(upload.tenantID.rawValue), last_entry, date_trunc('second', \(now)::timestamptz), 'replace',
                    growth, 0, \(upload.id.rawValue), uploaded_by, api_key_id
                FROM counted
            ), settled AS (
                UPDATE uploads AS f
                SET size = \(object.bytes),
                    etag = \(object.etag),
                    checksum_sha256 = COALESCE(\(orNull: object.checksum?.bytes), f.checksum_sha256),
                    reserved_bytes = \(terms.reservedBytes),
                    reserved_objects = \(Int64(terms.reservedObjects))::smallint,
                    next_look_at = \(orNull: terms.nextLookAt)
                FROM counted
                WHERE f.tenant_id = \(upload.tenantID.rawValue) AND f.id = \(upload.id.rawValue)
                RETURNING f.id
            )
            SELECT (SELECT count(*) FROM settled) AS settled FROM held
            """)
        guard let row = rows.first else { return .dealtWith }
        return try row.decode("settled", as: Int64.self) > 0 ? .settled : .noRoom
    }
}
