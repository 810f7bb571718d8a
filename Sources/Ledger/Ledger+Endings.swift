package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// Makes a pending upload finished: its reservation becomes use, and the ledger gets an entry, committed with the
    /// endings that arrive at the same time.
    ///
    /// The upload's row is locked first and read again if another statement had it (FOR UPDATE, PostgreSQL, "Read
    /// Committed Isolation Level"), so that of two finishes one counts.
    ///
    /// `formExpiresAt` is the end of the form for which `terms` were made; nil: no form is out.
    /// - Returns: the finished upload; nil where it is not pending any more, or its form was renewed meanwhile.
    package func finish(
        _ id: UploadID, of tenant: TenantID, object: FinishedObject, names: LateNames = .none, terms: Holding.Terms,
        formExpiresAt: Date? = nil, at now: Date
    ) async throws -> Upload? {
        try await endings.submit(
            Ending(
                id: id, tenant: tenant, change: .finish(object, names), terms: terms, formExpiresAt: formExpiresAt,
                now: now))
    }

    /// Ends an upload: what it used is given back with an entry in the ledger, what it still holds is set to `terms`.
    /// Committed as a finish is, with `formExpiresAt` as there. `claimedUntil` is the claim under which a sweeper decided
    /// it: where it is not in force any more, the upload may have other content than was looked at. `seenAs` is the
    /// state in which the caller judged it: one that was finished meanwhile may have been replaced since.
    /// - Returns: nil where the upload's state rules it out, its form was renewed or the claim lost meanwhile; nothing has
    ///   changed then.
    package func withdraw(
        _ id: UploadID, of tenant: TenantID, as withdrawal: Withdrawal, terms: Holding.Terms,
        formExpiresAt: Date? = nil, claimedUntil: Date? = nil, seenAs: UploadStatus? = nil, at now: Date
    ) async throws -> Upload? {
        try await endings.submit(
            Ending(
                id: id, tenant: tenant, change: .withdraw(withdrawal), terms: terms, formExpiresAt: formExpiresAt,
                claimedUntil: claimedUntil, seenAs: seenAs, now: now))
    }

    /// - Returns: for each ending its upload; nil where the state ruled it out, or another ending of the batch was first.
    static func commit(_ batch: EndingBatch, _ pool: PostgresPool) async throws -> [Upload?] {
        var ended: [UploadReference: Upload] = [:]
        for row in try await pool.query(batch.statement) {
            let upload = try Upload(row: row)
            ended[UploadReference(upload)] = upload
        }
        return batch.endings.map { ending in
            ended.removeValue(forKey: UploadReference(tenant: ending.tenant, id: ending.id))
        }
    }
}
