import Foundation
import Ledger
import Logging
import ObjectStorage
import Prometheus
import ServiceLifecycle
import TollgateCore

/// Looks after uploads whose time has come: removes what arrived too late and gives reservations back.
///
/// Runs in every gateway; the ledger hands each upload to one of them. Removals and looks go on beside each other, so
/// that neither waits for the other. The store is asked outside of transactions, and every step can be repeated: a
/// sweeper that is stopped or dies leaves work, never damage, and what it had taken is due again when its claim is over.
struct Sweeper: Service {
    let ledger: Ledger
    let uploads: UploadService
    let storage: any ObjectStorage
    let holding: Holding
    let interval: Duration
    let now: @Sendable () -> Date
    let logger: Logger
    var meters = SweeperMeters()

    /// How long another gateway leaves a taken upload alone; also the longest pause while the store fails.
    static let claimSeconds = 300

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await repeating { try await removals.sweep() } }
                group.addTask { await repeating { try await looks.sweep() } }
                group.addTask { await repeating { try await forgetIdempotencyKeys() } }
            }
        }
    }

    var removals: RemovalSweep {
        RemovalSweep(
            ledger: ledger, storage: storage, holding: holding, now: now, logger: logger,
            meters: meters)
    }

    var looks: LookSweep {
        LookSweep(
            ledger: ledger,
            settlement: Settlement(ledger: ledger, uploads: uploads, storage: storage, holding: holding, now: now),
            now: now, logger: logger, meters: meters)
    }

    /// Removes idempotency keys whose time is over.
    private func forgetIdempotencyKeys() async throws {
        let batch = 1_000
        while try await ledger.forgetIdempotencyKeys(at: now(), limit: batch) == batch {}
    }

    /// Sweeps until it is cancelled, with a pause between two sweeps that doubles while they fail.
    private func repeating(_ sweep: @Sendable () async throws -> Void) async {
        var pause = interval
        while true {
            do {
                try await Task.sleep(for: pause)
                try await sweep()
                pause = interval
            } catch is CancellationError {
                return
            } catch {
                if Task.isCancelled { return }
                meters.failedSweeps.increment()
                pause = min(pause * 2, max(interval, .seconds(Self.claimSeconds)))
                logger.warning(
                    "a sweep failed; the next one goes on",
                    metadata: [
                        LogKeys.error: .string("\(error)"), LogKeys.duration: .stringConvertible(pause.milliseconds),
                    ])
            }
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
