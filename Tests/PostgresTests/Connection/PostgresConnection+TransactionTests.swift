import Testing

@testable import Postgres

@Suite("Transactions", .timeLimit(.minutes(2)))
struct TransactionTests {
    private struct Refusal: Error {}

    private func withTable(_ body: (PostgresPool, _ table: SQL) async throws -> Void) async throws {
        try await TestDatabase.withPool(maximumConnections: 2) { pool in
            try await TestDatabase.withSchema(of: pool) { schema in
                let table: SQL = "\(identifier: schema).t"
                try await pool.execute(
                    """
                    CREATE TABLE \(table) (
                        id bigint CONSTRAINT t_id_unique UNIQUE DEFERRABLE INITIALLY IMMEDIATE,
                        size bigint CONSTRAINT t_size_positive CHECK (size > 0))
                    """)
                try await body(pool, table)
            }
        }
    }

    private func expectCount(
        _ expected: Int, in table: SQL, of pool: PostgresPool, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let count: Int = try await pool.query("SELECT count(*) AS n FROM \(table)")[0].decode("n")
        #expect(count == expected, sourceLocation: location)
    }

    @Test("commits what the body did and returns what it returns")
    func commits() async throws {
        try await withTable { pool, table in
            let answer = try await pool.withTransaction { connection in
                try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10))")
                return 42
            }
            #expect(answer == 42)
            try await expectCount(1, in: table, of: pool)
        }
    }

    @Test("rolls back when the body throws, and passes its error on")
    func rollsBack() async throws {
        try await withTable { pool, table in
            await #expect(throws: Refusal.self) {
                try await pool.withTransaction { connection in
                    try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10))")
                    throw Refusal()
                }
            }
            try await expectCount(0, in: table, of: pool)
        }
    }

    @Test("a failed statement whose error the body hides does not pass for a commit")
    func hiddenError() async throws {
        try await withTable { pool, table in
            let error = await postgresError {
                try await pool.withTransaction { connection in
                    try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10))")
                    let hidden = await postgresError { try await connection.query("SELECT 1 / 0") }
                    #expect(hidden?.sqlState?.rawValue == "22012")
                }
            }
            #expect(error == .transactionAborted)
            try await expectCount(0, in: table, of: pool)
        }
    }

    @Test("rolls back when the task is cancelled, even after the last statement")
    func cancelled() async throws {
        try await withTable { pool, table in
            let inserted = AsyncStream<Void>.makeStream()
            let release = AsyncStream<Void>.makeStream()
            let task = Task {
                try await pool.withTransaction { connection in
                    try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10))")
                    inserted.continuation.yield()
                    for await _ in release.stream { break }
                }
            }
            for await _ in inserted.stream { break }
            task.cancel()
            release.continuation.yield()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await expectCount(0, in: table, of: pool)
        }
    }

    @Test("a deferred constraint is the server's error at COMMIT, with the constraint's name")
    func deferred() async throws {
        try await withTable { pool, table in
            let error = await postgresError {
                try await pool.withTransaction { connection in
                    try await connection.execute("SET CONSTRAINTS ALL DEFERRED")
                    try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10)), (\(1), \(10))")
                }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.constraint == "t_id_unique")
            try await expectCount(0, in: table, of: pool)
        }
    }

    @Test("a session that ends in COMMIT leaves the outcome unknown")
    func unknownOutcome() async throws {
        try await withTable { pool, table in
            // A deferred trigger runs in COMMIT, and ends the session there.
            try await pool.withConnection { session in
                try await session.execute(
                    script: """
                        CREATE FUNCTION pg_temp.end_session() RETURNS trigger LANGUAGE plpgsql AS
                            'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END';
                        """)
                try await session.execute(
                    """
                    CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION pg_temp.end_session()
                    """)
                let error = await postgresError {
                    try await session.withTransaction { connection in
                        try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10))")
                    }
                }
                #expect(error == .outcomeUnknown(.adminShutdown))
            }
            try await expectCount(0, in: table, of: pool)
        }
    }

    @Test("a session that ends before COMMIT is lost, its outcome known: nothing")
    func lostBefore() async throws {
        try await withTable { pool, table in
            let error = await postgresError {
                try await pool.withTransaction { connection in
                    try await connection.execute("INSERT INTO \(table) VALUES (\(1), \(10))")
                    try await connection.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")
                }
            }
            #expect(error == .connectionLost(.adminShutdown))
            try await expectCount(0, in: table, of: pool)
        }
    }

    @Test("refuses a transaction in a transaction")
    func nested() async throws {
        try await TestDatabase.withPool { pool in
            let error = await postgresError {
                try await pool.withTransaction { connection in
                    try await connection.withTransaction { _ in }
                }
            }
            #expect(error == .invalidStatement("a transaction is open already"))
        }
    }

    @Test(
        "begins with the isolation level and the mode that it was asked for",
        arguments: [
            (PostgresIsolation.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
            (.serializable, "serializable"),
        ])
    func isolation(_ level: PostgresIsolation, _ name: String) async throws {
        try await TestDatabase.withPool { pool in
            try await pool.withTransaction(isolation: level, readOnly: true) { connection in
                let row = try await connection.query(
                    """
                    SELECT current_setting('transaction_isolation') AS level,
                        current_setting('transaction_read_only') AS read_only
                    """)[0]
                #expect(try row.decode("level", as: String.self) == name)
                #expect(try row.decode("read_only", as: String.self) == "on")
            }
        }
    }
}
