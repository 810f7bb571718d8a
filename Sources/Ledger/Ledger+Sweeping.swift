package import Foundation
import Postgres
package import TollgateCore

/// An upload that is due, taken by one sweeper.
package struct DueUpload: Sendable {
    package let upload: Upload
    /// When it was due; who ends the work must find it unchanged.
    package let claimedUntil: Date
}

extension Ledger {
    /// Takes uploads whose time has come, for a while: should this gateway die, they are due again after `claim`.
    ///
    /// `FOR UPDATE SKIP LOCKED` shares the work between gateways (PostgreSQL, "The Locking Clause"): none waits for
    /// another, and none takes what another has.
    package func takeDue(at now: Date, limit: Int, claimSeconds: Int) async throws -> [DueUpload] {
        let claimedUntil = now.addingTimeInterval(TimeInterval(claimSeconds))
        return try await pool.query(
            """
            WITH due AS (
                SELECT tenant_id, id FROM uploads
                WHERE next_look_at <= \(now)
                ORDER BY next_look_at
                LIMIT \(Int64(limit))
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE uploads AS u SET next_look_at = \(claimedUntil)
                FROM due
                WHERE u.tenant_id = due.tenant_id AND u.id = due.id
                RETURNING u.*
            )
            SELECT \(Upload.columns) FROM taken
            """
        ).map { DueUpload(upload: try Upload(row: $0), claimedUntil: claimedUntil) }
    }

    /// Sets what an upload still holds, never more than it held, and when it is looked at again. Its status stays.
    /// - Returns: false where it is not as it was taken, because somebody else has dealt with it.
    package func settle(_ due: DueUpload, terms: Holding.Terms) async throws -> Bool {
        let upload = due.upload
        let rows = try await pool.query(
            """
            WITH held AS MATERIALIZED (
                SELECT reserved_bytes, reserved_objects, LEAST(reserved_bytes, \(terms.reservedBytes)) AS kept_bytes,
                    LEAST(reserved_objects, \(Int64(terms.reservedObjects))::smallint) AS kept_objects
                FROM uploads
                WHERE tenant_id = \(upload.tenantID.rawValue) AND id = \(upload.id.rawValue)
                    AND status = \(upload.status.rawValue) AND next_look_at = \(due.claimedUntil)
                FOR UPDATE
            ), counted AS (
                UPDATE tenant_usage AS u
                SET reserved_bytes = u.reserved_bytes - held.reserved_bytes + held.kept_bytes,
                    reserved_objects = u.reserved_objects - held.reserved_objects + held.kept_objects
                FROM held
                WHERE u.tenant_id = \(upload.tenantID.rawValue)
                RETURNING u.tenant_id, held.kept_bytes, held.kept_objects
            )
            UPDATE uploads AS f
            SET reserved_bytes = counted.kept_bytes, reserved_objects = counted.kept_objects,
                next_look_at = \(orNull: terms.nextLookAt)
            FROM counted
            WHERE f.tenant_id = counted.tenant_id AND f.id = \(upload.id.rawValue)
            RETURNING f.id
            """)
        return !rows.isEmpty
    }
}
