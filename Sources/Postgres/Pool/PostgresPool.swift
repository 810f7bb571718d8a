import Dispatch
import Synchronization

/// A fixed number of connections that tasks borrow.
///
/// Connections open at first use, are looked at on every checkout, and are opened anew when the server has ended them.
/// A statement that fails because its connection died is not sent again: only its author knows whether it may be.
///
/// A checkout that finds a free connection costs one lock and no hop; see ``PostgresConnection`` for the rest.
package final class PostgresPool: Sendable {
    private typealias State = PoolState<CheckedContinuation<Int, any Error>>

    private struct Guarded {
        var pool: State
        var timerIsSet = false
        var drainWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: PostgresConfiguration
    private let connections: [PostgresConnection]
    private let guarded: Mutex<Guarded>
    private let timerQueue = DispatchQueue(label: "tollgate.postgres.pool")

    /// How long its statements wait for a lock; nil: without end.
    package var lockTimeout: Duration? { configuration.lockTimeout }

    /// A pool that has connected to nothing yet.
    ///
    /// - Throws: ``PostgresError/invalidURL``.
    package init(configuration: PostgresConfiguration) throws(PostgresError) {
        _ = try ConnectionParameters(configuration)
        self.configuration = configuration
        var connections: [PostgresConnection] = []
        for _ in 0..<configuration.maximumConnections {
            connections.append(try PostgresConnection(configuration: configuration))
        }
        self.connections = connections
        guarded = Mutex(Guarded(pool: PoolState(connectionCount: configuration.maximumConnections)))
    }

    /// What the pool is doing right now.
    package var load: PostgresPoolLoad {
        guarded.withLock { guarded in
            PostgresPoolLoad(
                inUse: guarded.pool.inUseCount, waiting: guarded.pool.waitingCount,
                maximum: configuration.maximumConnections)
        }
    }

    /// Runs one statement on any connection, as a transaction of its own.
    ///
    /// - Throws: ``PostgresError``; `CancellationError` when the task is cancelled.
    @discardableResult
    package func query(_ sql: SQL) async throws -> PostgresRows {
        try await withConnection { try await $0.query(sql) }
    }

    /// Runs one statement on any connection and returns how many rows it touched.
    ///
    /// - Throws: ``PostgresError``; `CancellationError` when the task is cancelled.
    @discardableResult
    package func execute(_ sql: SQL) async throws -> Int {
        try await query(sql).affectedRowCount
    }

    /// Lends a connection to `body`, which runs on the connection's thread and must not keep the connection.
    ///
    /// What a session remembers (settings, advisory locks, temporary tables) is the next borrower's too, so leave none.
    /// An open transaction is rolled back by ending the session.
    /// - Throws: What `body` throws; ``PostgresError/poolTimeout(waited:)``, ``PostgresError/poolClosed`` or
    ///   ``PostgresError/connectionFailed(_:)`` when there is no connection; `CancellationError` when the task is
    ///   cancelled as it waits.
    package func withConnection<Result: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let index = try await checkOut()
        defer { checkIn(index) }
        return try await lend(connections[index], to: body)
    }

    /// Runs `body` in a transaction on a connection of its own.
    ///
    /// See ``PostgresConnection/withTransaction(isolation:readOnly:local:_:)`` for when it commits.
    ///
    /// - Throws: What `body` throws, and what ``withConnection(_:)`` and the transaction throw.
    package func withTransaction<Result: Sendable>(
        isolation: PostgresIsolation? = nil, readOnly: Bool = false, local: [String: String] = [:],
        _ body: @Sendable (isolated PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await withConnection { connection in
            try await connection.withTransaction(isolation: isolation, readOnly: readOnly, local: local, body)
        }
    }

    /// Closes the pool: refuses whoever waits, gives those who have a connection `bound` to finish, then cancels their
    /// statements, which throw ``PostgresError/poolClosed``, and closes all connections.
    package func shutdown(within bound: Duration = .seconds(10)) async {
        let refused = guarded.withLock { $0.pool.close() }
        for waiter in refused { waiter.resume(throwing: PostgresError.poolClosed) }
        await withCheckedContinuation { continuation in
            let isDrained = guarded.withLock { guarded in
                if !guarded.pool.isDrained { guarded.drainWaiters.append(continuation) }
                return guarded.pool.isDrained
            }
            guard !isDrained else { return continuation.resume() }
            // Not before somebody waits: a bound that was over by then would wake nobody.
            timerQueue.asyncAfter(deadline: .now() + .init(bound)) { [weak self] in self?.stopWaitingForDrain() }
        }
        for connection in connections { connection.interrupt.close() }
        for connection in connections { await connection.close() }
    }

    /// One hop for all of it: the check, the body and the look at what it left behind.
    private func lend<Result: Sendable>(
        _ connection: isolated PostgresConnection,
        to body: @Sendable (isolated PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        try connection.open()
        defer { connection.settle() }
        return try await body(connection)
    }

    private func checkOut() async throws -> Int {
        let (acquisition, ticket) = guarded.withLock { guarded in
            (guarded.pool.acquire(), guarded.pool.nextTicket())
        }
        switch acquisition {
        case .connection(let index): return index
        case .closed: throw PostgresError.poolClosed
        case .wait: break
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait(as: ticket, $0) }
        } onCancel: {
            // Nothing is found when the task has its connection already, or does not wait yet: it will see for itself.
            let waiter = guarded.withLock { $0.pool.cancel(ticket) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func wait(as ticket: State.Ticket, _ continuation: CheckedContinuation<Int, any Error>) {
        let outcome: Result<Int, any Error>? = guarded.withLock { guarded in
            if Task.isCancelled { return .failure(CancellationError()) }
            switch guarded.pool.acquire() {
            case .connection(let index): return .success(index)
            case .closed: return .failure(PostgresError.poolClosed)
            case .wait: break
            }
            guarded.pool.enqueue(continuation, as: ticket, until: .now + configuration.checkoutTimeout)
            setTimer(&guarded)
            return nil
        }
        if let outcome { continuation.resume(with: outcome) }
    }

    private func checkIn(_ index: Int) {
        let (release, drained) = guarded.withLock { guarded in
            let release = guarded.pool.release(index)
            guard case .drained = release else { return (release, [CheckedContinuation<Void, Never>]()) }
            defer { guarded.drainWaiters = [] }
            return (release, guarded.drainWaiters)
        }
        if case .handOver(let waiter) = release { waiter.resume(returning: index) }
        for continuation in drained { continuation.resume() }
    }

    /// One timer serves all who wait, as they expire in the order of the queue: it is set for the first of them.
    private func setTimer(_ guarded: inout Guarded) {
        guard !guarded.timerIsSet, let deadline = guarded.pool.nextDeadline else { return }
        guarded.timerIsSet = true
        timerQueue.asyncAfter(deadline: .now() + .init(deadline - .now)) { [weak self] in self?.expireWaiters() }
    }

    private func expireWaiters() {
        let expired = guarded.withLock { guarded in
            defer { setTimer(&guarded) }
            guarded.timerIsSet = false
            return guarded.pool.expire(now: .now)
        }
        let error = PostgresError.poolTimeout(waited: configuration.checkoutTimeout)
        for waiter in expired { waiter.resume(throwing: error) }
    }

    private func stopWaitingForDrain() {
        let waiters = guarded.withLock { guarded in
            defer { guarded.drainWaiters = [] }
            return guarded.drainWaiters
        }
        for continuation in waiters { continuation.resume() }
    }
}

/// How busy a pool is.
package struct PostgresPoolLoad: Hashable, Sendable {
    /// Connections that are lent.
    package let inUse: Int
    /// Tasks that wait for one.
    package let waiting: Int
    /// Connections that the pool may have.
    package let maximum: Int
}

extension DispatchTimeInterval {
    /// Rounded up, so that a timer never comes before its time.
    fileprivate init(_ duration: Duration) {
        self = .nanoseconds(Int(clamping: Int64((max(.zero, duration) / .nanoseconds(1)).rounded(.up))))
    }
}
