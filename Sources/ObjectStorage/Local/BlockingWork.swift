internal import NIOPosix
internal import Synchronization

/// Runs blocking calls on a bounded pool of threads, off the event loops and the cooperative pool.
struct BlockingWork: Sendable {
    let threads: NIOThreadPool

    /// Runs the work to its end, also when the task is cancelled meanwhile: a commit is never cut in two, and
    /// cleaning up happens just when a task is cancelled.
    ///
    /// Failures of system calls come out as ``ObjectStorageError/unavailable(reason:)``.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await start(work).value()
    }

    /// Begins work whose outcome is asked for later.
    func start<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) -> StartedWork<Value> {
        let started = StartedWork<Value>()
        threads.submit { state in
            started.complete(
                state == .active
                    ? Result(catching: work)
                    : .failure(ObjectStorageError.unavailable(reason: "the store is closed")))
        }
        return started
    }
}

/// Work that runs on a thread. Its outcome is asked for once, by one task.
final class StartedWork<Value: Sendable>: Sendable {
    private enum State {
        case running
        case awaited(CheckedContinuation<Value, any Error>)
        case done(Result<Value, any Error>)
    }

    private let state = Mutex(State.running)

    fileprivate func complete(_ result: Result<Value, any Error>) {
        let waiter: CheckedContinuation<Value, any Error>? = state.withLock { state in
            guard case .awaited(let waiter) = state else {
                state = .done(result)
                return nil
            }
            return waiter
        }
        waiter?.resume(with: result)
    }

    var isDone: Bool {
        state.withLock { state in
            if case .done = state { true } else { false }
        }
    }

    /// Waits for the end of the work, also when the task is cancelled.
    func value() async throws -> Value {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                let result: Result<Value, any Error>? = state.withLock { state in
                    if case .done(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } catch let error as SystemError {
            throw ObjectStorageError.unavailable(reason: error.description)
        }
    }
}
