import Foundation
import Ledger
import Logging
import ObjectStorage
import Prometheus
import TollgateCore

/// Decides about uploads that nobody finished in time, and about finished ones whose form could have been used again.
///
/// Some of these looks read an object to its end. So many go on at a time, of one tenant only its share, and more are
/// taken whenever one ends: a slow one holds up nothing but its own place.
struct LookSweep: Sendable {
    let ledger: Ledger
    let settlement: Settlement
    let now: @Sendable () -> Date
    let logger: Logger
    let meters: SweeperMeters

    /// Looks that go on at a time.
    static let places = 16
    /// Of them, for one tenant.
    static let share = 4
    /// Uploads that are taken at once.
    static let batch = 64
    /// A look that takes longer is given up; it must end before another gateway may take the upload.
    static let longest = Duration.seconds(240)

    private enum Outcome: Sendable {
        case done
        case failed(any Error)
    }

    /// Deals with everything that is due now.
    /// - Throws: the last error where so many looks in a row failed as go on at a time.
    func sweep() async throws {
        try await withThrowingTaskGroup(of: (TenantID, Outcome).self) { group in
            var queue = FairQueue<DueUpload>(share: Self.share)
            var (running, failures) = (0, 0)
            while true {
                while running < Self.places {
                    if let (tenant, due) = queue.next() {
                        // Its claim could end before the look does. It is due again then.
                        guard due.claimedUntil >= now().addingTimeInterval(Self.longest / .seconds(1)) else {
                            queue.end(tenant)
                            continue
                        }
                        running += 1
                        group.addTask { (tenant, try await look(at: due)) }
                        continue
                    }
                    let due = try await ledger.takeDue(
                        [.pending, .finished], excluding: queue.saturated, at: now(), limit: Self.batch,
                        claimSeconds: Sweeper.claimSeconds)
                    guard !due.isEmpty else { break }
                    for upload in due { queue.append(upload, of: upload.upload.tenantID) }
                }
                guard let (tenant, outcome) = try await group.next() else { return }
                running -= 1
                queue.end(tenant)
                switch outcome {
                case .done: failures = 0
                case .failed(let error):
                    failures += 1
                    if failures >= Self.places { throw error }
                }
            }
        }
    }

    /// One upload that fails is due again when its claim is over, and the others go on.
    private func look(at due: DueUpload) async throws -> Outcome {
        do {
            try await within(Self.longest) { try await settlement.settle(due) }
            meters.looks.increment()
            return .done
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning(
                error is ObjectStorageError ? "the store did not answer the sweeper" : "a look of the sweeper failed",
                metadata: [
                    LogKeys.uploadID: .string(due.upload.id.description), LogKeys.error: .string("\(error)"),
                ])
            meters.failedLooks.increment()
            return .failed(error)
        }
    }

    private func within(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw ObjectStorageError.unavailable(reason: "a look took longer than \(limit)")
            }
            defer { group.cancelAll() }
            _ = try await group.next()
        }
    }
}
