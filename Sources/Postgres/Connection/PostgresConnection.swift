/// One connection to the database: an actor on a thread of its own while it works, so that blocking libpq holds up
/// nothing else.
///
/// What it costs: a call from elsewhere is one hop to the connection's thread and one back (some ten microseconds
/// together), and one round trip to the server. A closure given to ``PostgresPool/withConnection(_:)`` or
/// ``PostgresPool/withTransaction(isolation:readOnly:_:)`` runs on the connection's thread as a whole, so that its
/// statements cost no hops between them. A statement's first execution on a connection takes one round trip more, to
/// prepare it, and each ``StatementCache/executionsPerPlan`` executions later two, to prepare it anew; a transaction takes
/// two more, for `BEGIN` and `COMMIT`.
///
/// Statements of one connection run one after the other, whoever sends them. A session that was lost stays lost until
/// the connection is opened again, which the pool does at the next checkout.
package actor PostgresConnection {
    private let configuration: PostgresConfiguration
    private let executor = ConnectionExecutor()
    nonisolated let interrupt: Interrupt
    private var session: Session?
    private var statements: StatementCache
    private var lastUse = ContinuousClock.now

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A connection that is not open yet.
    package init(configuration: PostgresConfiguration) throws(PostgresError) {
        self.configuration = configuration
        interrupt = try Interrupt()
        statements = StatementCache(capacity: configuration.statementCacheCapacity)
    }

    /// Makes sure that the session is alive, opening one where it is not.
    ///
    /// Blocks its own thread for the connect time-out at most, and is not cut short by cancelling the task.
    ///
    /// That the server has ended the session shows without asking it; that it vanished does not, so it is asked where
    /// the connection lay idle for long.
    package func open() throws {
        if case .closed = interrupt.pending { throw PostgresError.poolClosed }
        if let session, session.hasEnded() || !answers(session) { self.session = nil }
        if session == nil {
            statements = StatementCache(capacity: configuration.statementCacheCapacity)
            session = try Session(try ConnectionParameters(configuration), interrupt: interrupt)
        }
        lastUse = .now
    }

    private func answers(_ session: Session) -> Bool {
        guard lastUse.duration(to: .now) > configuration.idleCheckInterval else { return true }
        do {
            _ = try session.run("", .untouched(within: configuration.connectTimeout))
            return true
        } catch {
            // Whatever the reason, a new session shows it, or does not have it.
            return false
        }
    }

    /// Ends the session. Statements that come later throw ``PostgresError/connectionLost(_:)``.
    package func close() {
        session = nil
    }

    /// Ends the session where it cannot be handed on: a transaction was left open, or the session was lost.
    func settle() {
        lastUse = .now
        if let session, session.isLost || !session.isOutsideTransaction { self.session = nil }
    }

    /// Runs one statement, prepared at its first use, and returns its rows.
    ///
    /// Cancelling the task cancels the statement on the server. A statement that was complete by then returns its rows.
    /// - Throws: ``PostgresError``; `CancellationError` when the task is cancelled.
    @discardableResult
    package func query(_ sql: SQL) async throws -> PostgresRows {
        try await cancellable { try self.perform(sql) }
    }

    /// Runs one statement and returns how many rows it touched. It throws as ``query(_:)`` does.
    @discardableResult
    package func execute(_ sql: SQL) async throws -> Int {
        try await query(sql).affectedRowCount
    }

    /// Runs several statements in one call of the simple protocol: for migrations, whose text is the program's own.
    ///
    /// Without `BEGIN` in it, the server runs them as one transaction.
    /// Source: PostgreSQL, "Multiple Statements in a Simple Query".
    /// - Throws: ``PostgresError``; `CancellationError` when the task is cancelled.
    package func execute(script: String) async throws {
        try await cancellable { _ = try self.run(script, .interruptible) }
    }

    private func cancellable<Result>(_ body: () throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        let statement = interrupt.begin()
        defer { interrupt.end() }
        return try await withTaskCancellationHandler {
            // The use of `self` keeps the closure on the connection's thread; without it, it would hop off and back.
            self.assertIsolated()
            return try body()
        } onCancel: {
            interrupt.cancel(statement)
        }
    }

    /// Runs `text` in the simple protocol and returns the last command's tag.
    @discardableResult
    func run(_ text: String, _ bounds: Exchange) throws -> String {
        guard !text.utf8.contains(0) else { throw PostgresError.invalidStatement("its text holds a NUL") }
        return try onSession { try $0.run(text, bounds) }
    }

    /// For what must not be cancelled half-way: longer than the server's own time-out, so that this one does not decide
    /// about a server that works.
    var uncancelledBounds: Exchange { .untouched(within: configuration.statementTimeout.map { $0 + .seconds(5) }) }

    private func perform(_ sql: SQL) throws -> PostgresRows {
        let key = StatementCache.Key(text: sql.text, types: sql.parameters.types)
        guard let statement = statements.find(key) else { return try prepareAndExecute(sql, key) }
        if statement.isWorn {
            try deallocate(statement.name)
            statements.remove(key)
            return try prepareAndExecute(sql, key)
        }
        do {
            return try execute(sql, key, statement)
        } catch let error as PostgresError where error.meansStalePlan {
            // The server refused before it did anything: a migration changed the result's type, or somebody
            // deallocated the statement. Prepared anew it holds, unless the refusal has ended a transaction.
            statements.remove(key)
            guard session?.isOutsideTransaction == true else { throw error }
            return try prepareAndExecute(sql, key)
        }
    }

    private func deallocate(_ name: String) throws {
        do {
            try run("DEALLOCATE \(name)", uncancelledBounds)
        } catch let error as PostgresError where error.meansStalePlan && session?.isOutsideTransaction == true {
            // Somebody has done it already.
        }
    }

    private func prepareAndExecute(_ sql: SQL, _ key: StatementCache.Key) throws -> PostgresRows {
        guard sql.parameters.count <= SQLParameters.maximumCount else {
            throw PostgresError.invalidStatement("it has \(sql.parameters.count) parameters")
        }
        guard !sql.text.utf8.contains(0) else { throw PostgresError.invalidStatement("its text holds a NUL") }
        let name = statements.nextName()
        try onSession { try $0.prepare(sql, as: name) }
        if let evicted = statements.evictIfFull() { try deallocate(evicted) }
        return try execute(sql, key, statements.insert(key, name: name))
    }

    private func execute(
        _ sql: SQL, _ key: StatementCache.Key, _ statement: StatementCache.Statement
    ) throws -> PostgresRows {
        let known = statement.description
        let rows = try onSession { try $0.execute(statement.name, sql.parameters, describedBy: known) }
        guard let rows else { throw PostgresError.invalidStatement("it has no result") }
        if rows.storage.description !== known { statements.describe(key, as: rows.storage.description) }
        return rows
    }

    /// Lends the session, and drops it as soon as it is of no more use.
    private func onSession<Result>(_ body: (Session) throws -> Result) throws -> Result {
        guard let session else { throw PostgresError.connectionLost(nil) }
        do {
            return try body(session)
        } catch let unanswered as Unanswered {
            self.session = nil
            throw unanswered.cause ?? PostgresError.connectionLost(nil)
        } catch {
            if session.isLost { self.session = nil }
            throw error
        }
    }

    /// No transaction is open; a session that was lost has none either.
    var isOutsideTransaction: Bool { session?.isOutsideTransaction ?? true }
}

extension PostgresError {
    /// "cached plan must not change result type" or "prepared statement does not exist".
    fileprivate var meansStalePlan: Bool {
        guard case .server(let error) = self else { return false }
        return error.sqlState == .featureNotSupported || error.sqlState == .invalidStatementName
    }
}
