package import Foundation
import Postgres
package import TollgateCore

/// An upload that is due, taken by one sweeper.
package struct DueUpload: Sendable {
    package let upload: Upload
    /// When it was due; who ends the work must find it unchanged.
    package let claimedUntil: Date

    package init(upload: Upload, claimedUntil: Date) {
        self.upload = upload
        self.claimedUntil = claimedUntil
    }
}

extension Ledger {
    /// Takes uploads whose time has come, for a while: should this gateway die, or the store not answer, they are due
    /// again after `claimSeconds`.
    ///
    /// `FOR UPDATE SKIP LOCKED` shares the work between gateways (PostgreSQL, "The Locking Clause"): none waits for
    /// another, and none takes what another has.
    /// - Parameters:
    ///   - statuses: only uploads in one of these states.
    ///   - excluding: tenants of whose uploads enough were taken.
    ///   - now: what is due by then.
    ///   - limit: how many at most.
    ///   - claimSeconds: how long others leave them alone.
    /// - Returns: at most `limit`, those that were due first.
    /// - Throws: `PostgresError`.
    package func takeDue(
        _ statuses: Set<UploadStatus> = Set(UploadStatus.allCases), excluding: [TenantID] = [], at now: Date,
        limit: Int,
        claimSeconds: Int
    ) async throws -> [DueUpload] {
        let claimedUntil = now.addingTimeInterval(TimeInterval(claimSeconds))
        return try await pool.query(
            """
            WITH due AS (
                SELECT tenant_id, id FROM uploads
                WHERE next_look_at <= \(now) AND status = ANY (\(statuses.map(\.rawValue)))
                    AND tenant_id <> ALL (\(excluding.map(\.rawValue)))
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
        try await settle([(due, terms)]) == 1
    }

    /// The same for many, in one statement. Locks are taken as for endings (``EndingBatch/statement``).
    /// - Returns: how many were as they were taken.
    package func settle(_ settlements: [(due: DueUpload, terms: Holding.Terms)]) async throws -> Int {
        guard !settlements.isEmpty else { return 0 }
        return try await pool.query(
            """
            WITH held AS MATERIALIZED (
                SELECT u.tenant_id, u.id, u.reserved_bytes, u.reserved_objects,
                    LEAST(u.reserved_bytes, r.reserved_bytes) AS kept_bytes,
                    LEAST(u.reserved_objects, r.reserved_objects) AS kept_objects, r.next_look_at
                FROM unnest(
                    \(settlements.map { $0.due.upload.tenantID.rawValue }), \(settlements.map { $0.due.upload.id.rawValue }),
                    \(settlements.map { $0.due.upload.status.rawValue }), \(settlements.map { $0.due.claimedUntil }),
                    \(settlements.map { $0.terms.reservedBytes }), \(settlements.map { Int16($0.terms.reservedObjects) }),
                    \(settlements.map { $0.terms.nextLookAt })
                ) AS r (tenant_id, id, status, claimed_until, reserved_bytes, reserved_objects, next_look_at)
                JOIN uploads AS u ON u.tenant_id = r.tenant_id AND u.id = r.id
                WHERE u.status = r.status AND u.next_look_at = r.claimed_until
                ORDER BY u.tenant_id, u.id
                FOR UPDATE OF u
            ), total AS (
                SELECT tenant_id, sum(kept_bytes - reserved_bytes) AS bytes, sum(kept_objects - reserved_objects) AS objects
                FROM held
                GROUP BY tenant_id
            ), locked AS MATERIALIZED (
                SELECT tenant_id FROM tenant_usage
                WHERE tenant_id IN (SELECT tenant_id FROM total)
                ORDER BY tenant_id
                FOR UPDATE
            ), counted AS (
                UPDATE tenant_usage AS u
                SET reserved_bytes = u.reserved_bytes + t.bytes,
                    reserved_objects = u.reserved_objects + t.objects
                FROM locked
                JOIN total AS t USING (tenant_id)
                WHERE u.tenant_id = locked.tenant_id
                RETURNING u.tenant_id
            )
            UPDATE uploads AS f
            SET reserved_bytes = held.kept_bytes, reserved_objects = held.kept_objects,
                next_look_at = held.next_look_at
            FROM held
            JOIN counted USING (tenant_id)
            WHERE f.tenant_id = held.tenant_id AND f.id = held.id
            RETURNING f.id
            """
        ).count
    }
}
