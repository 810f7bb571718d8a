import Testing

@testable import Postgres

@Suite("Cancellation", .timeLimit(.minutes(2)))
struct CancellationTests {
    @Test("cancels the statement on the server, and the session lives on")
    func cancels() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await TestDatabase.withPool(maximumConnections: 1) { other in
                let pid: Int32 = try await pool.query("SELECT pg_backend_pid() AS pid")[0].decode("pid")
                let sleeper = Task { try await pool.query("SELECT pg_sleep(60)") }
                try await until { try await state(of: pid, in: other) == "active" }
                let cancelledAt = ContinuousClock.now
                sleeper.cancel()
                await #expect(throws: CancellationError.self) { try await sleeper.value }
                #expect(cancelledAt.duration(to: .now) < .seconds(5))
                #expect(try await state(of: pid, in: other) == "idle")
                let after: Int32 = try await pool.query("SELECT pg_backend_pid() AS pid")[0].decode("pid")
                #expect(after == pid)
            }
        }
    }

    @Test("sends nothing for a task that is cancelled already")
    func cancelledBefore() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let gate = AsyncStream<Void>.makeStream()
            let task = Task {
                for await _ in gate.stream { break }
                try await pool.query("SELECT 1")
            }
            task.cancel()
            gate.continuation.yield()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("a cancelled script is rolled back")
    func cancelsScript() async throws {
        try await TestDatabase.withPool(maximumConnections: 2) { pool in
            try await TestDatabase.withSchema(of: pool) { schema in
                let task = Task {
                    try await pool.withConnection {
                        try await $0.execute(script: "CREATE TABLE \(schema.quoted).t (id int); SELECT pg_sleep(60)")
                    }
                }
                try await until {
                    try await pool.query(
                        "SELECT 1 FROM pg_stat_activity WHERE query LIKE \("%\(schema)%pg_sleep%") AND pid <> pg_backend_pid()"
                    )
                    .count == 1
                }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                let exists: Bool = try await pool.query("SELECT to_regclass(\("\(schema.quoted).t")) IS NOT NULL AS e")[
                    0
                ].decode("e")
                #expect(!exists)
            }
        }
    }

    @Test("cancels while ten million bytes are on their way, without hanging")
    func cancelsWhileSending() async throws {
        let large = [UInt8](repeating: 7, count: 10_000_000)
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            for _ in 0..<10 {
                let task = Task { try await pool.query("SELECT length(\(large)) AS length, pg_sleep(60)") }
                try await until { pool.load.inUse == 1 }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            let rows = try await pool.query("SELECT 1")
            #expect(rows.count == 1)
        }
    }

    private func state(of pid: Int32, in pool: PostgresPool) async throws -> String? {
        try await pool.query("SELECT state FROM pg_stat_activity WHERE pid = \(pid)").first?.decode("state")
    }
}

extension String {
    /// As an identifier in a script.
    fileprivate var quoted: String { "\"\(self)\"" }
}
