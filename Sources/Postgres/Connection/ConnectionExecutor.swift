import Dispatch

/// Runs one connection's work, one job after another, on threads outside the cooperative pool.
///
/// libpq blocks, and a blocked thread of the cooperative pool would hold up every other task. A serial queue without a
/// target takes threads from Dispatch's overcommitting root queue, which starts another one where all are blocked.
/// `DispatchSerialQueue`, which is such an executor by itself, does not exist on Linux.
final class ConnectionExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "tollgate.postgres.connection")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
