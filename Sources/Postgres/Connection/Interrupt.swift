import Glibc
import Synchronization

/// Reaches a thread that waits in `poll` for a statement: by a byte in a pipe that it watches as well.
///
/// A request names the statement that it is meant for, so one that comes late does nothing to the next.
final class Interrupt: Sendable {
    enum Reason: Sendable {
        /// The task that waits for the statement was cancelled.
        case cancelled
        /// The connection is being closed.
        case closed

        var error: any Error {
            switch self {
            case .cancelled: CancellationError()
            case .closed: PostgresError.poolClosed
            }
        }
    }

    private struct State {
        var statement: UInt64 = 0
        var isCancelled = false
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Readable while something is pending.
    let descriptor: Int32
    private let writeEnd: Int32

    init() throws(PostgresError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .connectionFailed("no pipe (errno \(errno))") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        Glibc.close(descriptor)
        Glibc.close(writeEnd)
    }

    var pending: Reason? {
        state.withLock { $0.isClosed ? .closed : $0.isCancelled ? .cancelled : nil }
    }

    /// Begins a statement; the number is what a request names it by.
    func begin() -> UInt64 {
        state.withLock { state in
            settle(&state)
            return state.statement
        }
    }

    /// Ends the statement: requests for it mean nothing from now on.
    func end() {
        state.withLock { settle(&$0) }
    }

    /// Asks to cancel `statement`, if it still runs.
    func cancel(_ statement: UInt64) {
        state.withLock { state in
            guard statement == state.statement, !state.isCancelled else { return }
            state.isCancelled = true
            signal()
        }
    }

    /// Asks to cancel whatever runs and whatever is begun later.
    func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            signal()
        }
    }

    private func settle(_ state: inout State) {
        state.statement += 1
        guard state.isCancelled else { return }
        state.isCancelled = false
        var bytes: (UInt8, UInt8) = (0, 0)
        _ = read(descriptor, &bytes, 2)
        if state.isClosed { signal() }
    }

    /// The pipe holds two bytes at most, so that writing cannot fail for want of room.
    private func signal() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }
}
