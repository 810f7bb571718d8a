/// Source: PostgreSQL, "Transaction Isolation". The server's `READ UNCOMMITTED` is `READ COMMITTED`.
package enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// How long a rollback may take before the session is given up, which rolls back as well.
    private static var rollbackLimit: Duration { .seconds(5) }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws or its task is cancelled.
    ///
    /// `local` are settings that hold until its end (PostgreSQL, "SET"); they cost no round trip of their own.
    ///
    /// `COMMIT` itself is not cancelled. No other task may use the connection meanwhile, as its statements would become
    /// part of the transaction.
    /// - Throws: What `body` throws; ``PostgresError/transactionAborted`` when `body` hid that a statement failed;
    ///   ``PostgresError/outcomeUnknown(_:)`` when the session ended in `COMMIT`; the server's error when it refused to
    ///   commit (a deferred constraint, a serialization failure).
    package func withTransaction<Result: Sendable>(
        isolation: PostgresIsolation? = nil, readOnly: Bool = false, local: [String: String] = [:],
        _ body: @Sendable (isolated PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        guard isOutsideTransaction else { throw PostgresError.invalidStatement("a transaction is open already") }
        var begin = "BEGIN"
        if let isolation { begin += " ISOLATION LEVEL \(isolation.rawValue)" }
        if readOnly { begin += " READ ONLY" }
        for (name, value) in local { begin += "; SET LOCAL \(name) = \(Self.literal(value))" }
        do {
            try run(begin, uncancelledBounds)
            let result = try await body(self)
            try Task.checkCancellation()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    /// Source: PostgreSQL, "String Constants"; the text may hold backslashes.
    private static func literal(_ text: String) -> String {
        "E'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }

    private func commit() throws {
        do {
            guard try run("COMMIT", uncancelledBounds) == "COMMIT" else { throw PostgresError.transactionAborted }
        } catch PostgresError.connectionLost(let state) {
            throw PostgresError.outcomeUnknown(state)
        }
    }

    /// The error that led here matters more than one of the rollback, after which the session is given up anyhow.
    private func rollback() {
        guard !isOutsideTransaction else { return }
        do {
            try run("ROLLBACK", .untouched(within: Self.rollbackLimit))
        } catch {
            close()
        }
    }
}
