internal import Foundation

/// Hashes and verifies on threads of its own, so that neither the event loops nor the cooperative pool ever wait for
/// argon2, with a bound on how many do so at once and on how many wait.
///
/// A task that is cancelled while its job waits gets a `CancellationError` and leaves its place; a job that runs
/// already is ended, since libargon2 cannot be interrupted.
package final class Argon2Pool: Sendable {
    /// What new hashes cost, and what a verification against nothing pretends to cost.
    package let parameters: Argon2Parameters
    private let queue: JobQueue
    private let impossible: String

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - workers: hashes at once, each with the memory of its parameters; at least 1.
    ///   - maximumWaiting: jobs that may wait for a worker; more are refused.
    ///   - priority: how the threads compete with everything else.
    ///   - parameters: what new hashes cost.
    package init(
        workers: Int, maximumWaiting: Int, priority: ThreadPriority = .low, parameters: Argon2Parameters = .recommended
    ) {
        let (workers, maximumWaiting) = (max(1, workers), max(0, maximumWaiting))
        let queue = JobQueue(workerCount: workers, maximumWaiting: maximumWaiting)
        for number in 0..<workers {
            let thread = Thread {
                priority.applyToThisThread()
                queue.work()
            }
            thread.name = "argon2-\(number)"
            thread.start()
        }
        self.queue = queue
        self.parameters = parameters
        impossible = PHCString.impossible(parameters)
    }

    deinit { queue.stop() }

    /// Jobs that run and jobs that wait now, for metrics.
    package var load: (running: Int, waiting: Int) { queue.load }

    /// Jobs that have run since the start, for metrics.
    package var finishedJobs: UInt64 { queue.done }

    /// Jobs that were refused with ``Argon2Error/overloaded`` since the start, for metrics.
    package var refusedJobs: UInt64 { queue.refused }

    /// A PHC string for the password. The salt is 16 random bytes, new for each hash.
    ///
    /// - Throws: ``Argon2Error``, `CancellationError`.
    package func hash(_ password: [UInt8], salt: [UInt8]) async throws -> String {
        let parameters = parameters
        return try await run { () throws(Argon2Error) in
            try Argon2id.hash(password, salt: salt, parameters: parameters)
        }
    }

    /// Whether `encoded` is a hash of the password.
    ///
    /// - Throws: ``Argon2Error``, `CancellationError`; never for a wrong password.
    package func verify(_ password: [UInt8], encoded: String) async throws -> Bool {
        try await run { () throws(Argon2Error) in try Argon2id.verify(password, encoded: encoded) }
    }

    /// Does the work of a verification that fails, so that an unknown id takes as long as a wrong secret.
    ///
    /// - Throws: as ``verify(_:encoded:)``.
    package func verifyAgainstNothing(_ password: [UInt8]) async throws {
        _ = try await verify(password, encoded: impossible)
    }

    /// Refuses, before anything else is spent on it, what would find no place now.
    ///
    /// - Throws: ``Argon2Error/overloaded``, counted as a refusal.
    package func requireRoom() throws(Argon2Error) {
        guard queue.hasRoom() else { throw .overloaded }
    }

    /// Takes no more jobs, refuses those that wait with ``Argon2Error/stopped``, and returns when those that run and
    /// all threads have ended.
    package func shutdown() async {
        queue.stop()
        await queue.ended()
    }

    /// Does a piece of work on one of the threads.
    func run<Output: Sendable>(_ work: @escaping @Sendable () throws(Argon2Error) -> Output) async throws -> Output {
        let id = queue.expect()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.add(
                    JobQueue.Job(
                        id: id,
                        run: {
                            let result = Result(catching: work).mapError { $0 as any Error }
                            return { continuation.resume(with: result) }
                        },
                        refuse: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            queue.cancel(id)
        }
    }
}
