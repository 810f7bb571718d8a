internal import NIOPosix
internal import Synchronization

/// Runs blocking calls on a bounded pool of threads, off the event loops and the cooperative pool.
struct BlockingWork: Sendable {
    let threads: NIOThreadPool
    /// Room for what waits for a thread though its owner has work under way already, over all owners.
    let room: Room

    init(threads: NIOThreadPool, room: Int = 32) {
        self.threads = threads
        self.room = Room(room)
    }

    /// So many places, taken and given back.
    final class Room: Sendable {
        private let free: Mutex<Int>

        init(_ places: Int) { free = Mutex(places) }

        /// Takes a place, if there is one.
        func take() -> Bool {
            free.withLock { free in
                guard free > 0 else { return false }
                free -= 1
                return true
            }
        }

        func giveBack(_ places: Int) { free.withLock { $0 += places } }
    }

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
            started.complete(work, isOpen: state == .active)
        }
        return started
    }
}

/// Pieces of work that are done one after the other, in the order in which they came; each on whichever thread.
///
/// A thread that has done one goes on with the next that waits: to wake another one takes as long as a piece does. After
/// a few it goes to the end of the line of all work, so that endless ones do not keep the threads for themselves.
final class SerialWork: Sendable {
    private struct State {
        var waiting: [@Sendable (_ isOpen: Bool) -> Void] = []
        var isRunning = false
    }

    /// Pieces that a thread does in turn.
    static let turn = 4

    private let work: BlockingWork
    private let state = Mutex(State())

    init(_ work: BlockingWork) {
        self.work = work
    }

    func start<Value: Sendable>(_ piece: @escaping @Sendable () throws -> Value) -> StartedWork<Value> {
        let started = StartedWork<Value>()
        let begins = state.withLock { state in
            state.waiting.append { started.complete(piece, isOpen: $0) }
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if begins { begin() }
        return started
    }

    private func begin() {
        work.threads.submit { [self] threads in
            for _ in 0..<Self.turn {
                guard let piece = next() else { return }
                piece(threads == .active)
            }
            begin()
        }
    }

    private func next() -> (@Sendable (_ isOpen: Bool) -> Void)? {
        state.withLock { state in
            state.isRunning = !state.waiting.isEmpty
            return state.isRunning ? state.waiting.removeFirst() : nil
        }
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

    fileprivate func complete(_ work: () throws -> Value, isOpen: Bool) {
        let result =
            isOpen
            ? Result(catching: work) : .failure(ObjectStorageError.unavailable(reason: "the store is closed"))
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
