import Dispatch
import Foundation
import Synchronization

/// Runs work that waits (for processes, disks, locks) on a thread of its own kind, off the cooperative pool.
///
/// The work is told of the task's cancellation and ends it by throwing `CancellationError` where that is safe.
func blocking<Value: Sendable>(
    _ work: @escaping @Sendable (_ cancellation: Cancellation) throws -> Value
) async throws -> Value {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                continuation.resume(with: Result { try work(cancellation) })
            }
        }
    } onCancel: {
        cancellation.request()
    }
}

/// Whether the task that waits for blocking work was cancelled.
final class Cancellation: Sendable {
    private let requested = Atomic(false)

    func request() {
        requested.store(true, ordering: .relaxed)
    }

    func check() throws {
        if requested.load(ordering: .relaxed) { throw CancellationError() }
    }
}

/// Looks at a condition every few milliseconds until it holds or the time is over.
///
/// - Returns: whether the condition held in time.
func wait(upTo limit: Duration, until holds: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while true {
        if try holds() { return true }
        if ContinuousClock.now >= end { return false }
        usleep(5000)
    }
}
