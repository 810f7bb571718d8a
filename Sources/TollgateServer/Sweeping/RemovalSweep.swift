import Foundation
import Ledger
import Logging
import ObjectStorage
import Postgres
import Prometheus
import TollgateCore

/// Removes the objects of uploads that are over: many keys in one request, then one statement that gives back what they
/// held.
struct RemovalSweep: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let holding: Holding
    let now: @Sendable () -> Date
    let logger: Logger
    let meters: SweeperMeters

    /// Uploads that are taken and removed at once, and in a second at the most: as many as one DeleteObjects of S3 takes.
    static let batch = 1_000

    /// Deals with everything that is due now.
    /// - Throws: `ObjectStorageError` where the store refuses a whole batch, which is due again after its claim.
    func sweep() async throws {
        let clock = ContinuousClock()
        while true {
            let begun = clock.now
            let due = try await ledger.takeDue(
                [.aborted, .expired, .rejected, .deleted], at: now(), limit: Self.batch,
                claimSeconds: Sweeper.claimSeconds)
            guard !due.isEmpty else { return }
            try await remove(due)
            if due.count == Self.batch { try await clock.sleep(until: begun + .seconds(1)) }
        }
    }

    private func remove(_ due: [DueUpload]) async throws {
        // The time before the removal: what arrives behind it is looked at again.
        let now = now()
        var kept: Set<ObjectKey> = []
        do {
            try await storage.delete(due.map(\.upload.key))
        } catch ObjectStorageError.notDeleted(let objects) {
            // These alone are due again when the claim is over.
            kept = Set(objects.map(\.key))
            logger.warning(
                "the store did not remove some objects",
                metadata: [
                    LogKeys.count: .stringConvertible(objects.count),
                    LogKeys.storeCode: .string(objects.first?.code ?? ""),
                ])
        }
        meters.failedRemovals.increment(by: UInt64(kept.count))
        meters.removals.increment(by: UInt64(due.count - kept.count))
        try await settle(
            due.filter { !kept.contains($0.upload.key) }.map { ($0, holding.removed($0.upload, at: now)) })
    }

    /// What the server refuses for all, it may refuse for the counters of one tenant: then each is settled by itself, and
    /// those that are refused again are due when their claims are over.
    private func settle(_ settlements: [(due: DueUpload, terms: Holding.Terms)]) async throws {
        do {
            _ = try await ledger.settle(settlements)
        } catch let error as PostgresError where error.serverError != nil {
            for (tenant, own) in Dictionary(grouping: settlements, by: \.due.upload.tenantID) {
                do {
                    _ = try await ledger.settle(own)
                } catch let error as PostgresError where error.serverError != nil {
                    logger.error(
                        "removed objects of a tenant could not be given back",
                        metadata: [
                            LogKeys.tenantID: .string(tenant.description),
                            LogKeys.count: .stringConvertible(own.count), LogKeys.error: .string("\(error)"),
                        ])
                }
            }
        }
    }
}
