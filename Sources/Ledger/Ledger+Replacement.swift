package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// Gives a finished upload the content of a pending one that was reserved to replace it, in one statement.
    ///
    /// The two rows exchange their objects: the upload takes the new key, size and type, and what was pending ends as
    /// aborted with the old key and everything that its form may still bring. So the old object is removed, now or by
    /// the sweeper, and a crash on either side of the commit leaves nothing behind.
    /// - Returns: the upload as it is now, and the key of the object to remove; nil where it is not finished any more,
    ///   or the new content not pending. Nothing has changed then.
    package func replace(
        _ id: UploadID, with new: Upload, object: FinishedObject, names: LateNames, holding: Holding, at now: Date
    ) async throws -> (upload: Upload, oldKey: ObjectKey)? {
        try await pool.withTransaction { connection in
            // Both rows, in the order of their ids: two replacements of one upload wait for each other.
            let rows = try await connection.query(
                """
                SELECT \(Upload.columns) FROM uploads
                WHERE tenant_id = \(new.tenantID.rawValue) AND id = ANY (\([id.rawValue, new.id.rawValue]))
                ORDER BY id
                FOR UPDATE
                """
            ).map(Upload.init(row:))
            guard let old = rows.first(where: { $0.id == id && $0.status == .finished }),
                let oldBytes = old.storedBytes,
                rows.contains(where: { $0.id == new.id && $0.status == .pending })
            else { return nil }
            let terms = holding.withdrawn(old, at: now)
            try await Self.retire(old, in: new, terms, connection)
            try await Self.count(old, oldBytes, new, object, names, terms, at: now, connection)
            return (try await Self.renew(old, from: new, object, names, at: now, connection), old.key)
        }
    }

    /// The row of the new content becomes that of the old one, on its way out.
    private static func retire(
        _ old: Upload, in new: Upload, _ terms: Holding.Terms, _ connection: PostgresConnection
    ) async throws {
        _ = try await connection.query(
            """
            UPDATE uploads
            SET status = 'aborted', object_key = \(old.key.rawValue), by_form = \(old.byForm),
                min_bytes = \(old.allowedBytes.lowerBound), max_bytes = \(old.allowedBytes.upperBound),
                reserved_bytes = \(terms.reservedBytes), reserved_objects = \(Int64(terms.reservedObjects))::smallint,
                expires_at = \(old.expiresAt), next_look_at = \(orNull: terms.nextLookAt)
            WHERE tenant_id = \(new.tenantID.rawValue) AND id = \(new.id.rawValue)
            """)
    }

    private static func count(
        _ old: Upload, _ oldBytes: Int64, _ new: Upload, _ object: FinishedObject, _ names: LateNames,
        _ terms: Holding.Terms, at now: Date, _ connection: PostgresConnection
    ) async throws {
        let month = UsageMonth(now)
        let bytes = object.bytes - oldBytes
        let reservedBytes = terms.reservedBytes - old.reservedBytes - new.reservedBytes
        _ = try await connection.query(
            """
            WITH counted AS (
                UPDATE tenant_usage AS u
                SET used_bytes = u.used_bytes + \(bytes),
                    reserved_bytes = u.reserved_bytes + \(reservedBytes),
                    reserved_objects = u.reserved_objects + \(Int64(terms.reservedObjects)) - 1,
                    pending_uploads = u.pending_uploads - 1,
                    month = GREATEST(u.month, \(month.firstDay)::date),
                    month_upload_bytes = \(object.bytes)
                        + CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END,
                    last_entry = u.last_entry + 1
                WHERE u.tenant_id = \(new.tenantID.rawValue)
                RETURNING u.last_entry
            )
            INSERT INTO usage_entries (
                tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, uploaded_by, api_key_id)
            SELECT \(new.tenantID.rawValue), last_entry, date_trunc('second', \(now)::timestamptz), 'replace',
                \(bytes), 0, \(old.id.rawValue), \(orNull: names.uploadedBy ?? new.uploadedBy), \(new.apiKeyID.rawValue)
            FROM counted
            """)
    }

    private static func renew(
        _ old: Upload, from new: Upload, _ object: FinishedObject, _ names: LateNames, at now: Date,
        _ connection: PostgresConnection
    ) async throws -> Upload {
        let rows = try await connection.query(
            """
            UPDATE uploads
            SET file_name = \(names.fileName ?? new.fileName), file_type = \(new.fileType.description),
                object_key = \(new.key.rawValue), declared_size = NULL, min_bytes = \(new.allowedBytes.lowerBound),
                max_bytes = \(new.allowedBytes.upperBound), size = \(object.bytes), etag = \(object.etag),
                checksum_sha256 = \(orNull: object.checksum?.bytes),
                uploaded_by = \(orNull: names.uploadedBy ?? new.uploadedBy), api_key_id = \(new.apiKeyID.rawValue),
                by_form = FALSE, reserved_bytes = 0, reserved_objects = 0, next_look_at = NULL, finished_at = \(now)
            WHERE tenant_id = \(old.tenantID.rawValue) AND id = \(old.id.rawValue)
            RETURNING \(Upload.columns)
            """)
        guard let row = rows.first else { throw LedgerError.corrupt(table: "uploads", column: "id") }
        return try Upload(row: row)
    }
}
