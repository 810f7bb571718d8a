import Foundation
import Ledger
import Logging
import ObjectStorage
import TollgateCore

/// Removes the objects of uploads that are over: many keys in one request, then one statement that gives back what they
/// held.
struct RemovalSweep: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let holding: Holding
    let now: @Sendable () -> Date
    let logger: Logger

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
        let now = now()
        _ = try await ledger.settle(
            due.filter { !kept.contains($0.upload.key) }.map { ($0, holding.removed($0.upload, at: now)) })
    }
}
