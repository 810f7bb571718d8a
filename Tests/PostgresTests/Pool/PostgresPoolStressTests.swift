import Testing

@testable import Postgres

@Suite("PostgresPool under load", .timeLimit(.minutes(2)))
struct PostgresPoolStressTests {
    @Test("200 tasks over 4 connections, cancelled at random, leak none and share none")
    func cancellationStorm() async throws {
        try await TestDatabase.withPool(
            maximumConnections: 4, adjust: { $0.checkoutTimeout = .seconds(60) }
        ) { pool in
            let borrowed = Shared<Set<ObjectIdentifier>>([])
            let doubles = Shared(0)
            var done = 0
            var cancelled = 0
            for round in 0..<5 {
                let tasks = (0..<200).map { number in
                    Task {
                        try await pool.withConnection { connection in
                            let id = ObjectIdentifier(connection)
                            let isNew = borrowed.change { $0.insert(id).inserted }
                            if !isNew { doubles.change { $0 += 1 } }
                            defer { _ = borrowed.change { $0.remove(id) } }
                            let value = number + round
                            let rows = try await connection.query("SELECT \(value) AS value, pg_sleep(0.001)")
                            // An answer to somebody else's statement would show here.
                            #expect(try rows[0].decode("value", as: Int.self) == value)
                            await Task.yield()
                            _ = try await connection.query("SELECT pg_sleep(0.001)")
                        }
                    }
                }
                for task in tasks.shuffled().prefix(120) {
                    if Bool.random() { await Task.yield() }
                    task.cancel()
                }
                for task in tasks {
                    switch await task.result {
                    case .success: done += 1
                    case .failure(is CancellationError): cancelled += 1
                    case .failure(let error): Issue.record("unexpected: \(error)")
                    }
                }
            }
            #expect(doubles.value == 0)
            #expect(done + cancelled == 1000)
            #expect(done >= 400)
            #expect(cancelled > 0)
            #expect(pool.load == PostgresPoolLoad(inUse: 0, waiting: 0, maximum: 4))
            try await expectUsable(pool)
        }
    }

    @Test("time-outs, cancellations and hand-overs at the same moment lose no connection")
    func timeoutStorm() async throws {
        try await TestDatabase.withPool(
            maximumConnections: 2, adjust: { $0.checkoutTimeout = .milliseconds(3) }
        ) { pool in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        let task = Task { try await pool.query("SELECT pg_sleep(0.001)") }
                        if number.isMultiple(of: 3) { task.cancel() }
                        switch await task.result {
                        case .success, .failure(is CancellationError), .failure(PostgresError.poolTimeout): break
                        case .failure(let error): Issue.record("unexpected: \(error)")
                        }
                    }
                }
            }
            #expect(pool.load == PostgresPoolLoad(inUse: 0, waiting: 0, maximum: 2))
            try await expectUsable(pool)
        }
    }

    @Test("sessions ended at random in the middle of work cost their statements only")
    func terminationStorm() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { other in
            try await TestDatabase.withPool(
                maximumConnections: 4,
                adjust: {
                    $0.applicationName = "storm"; $0.checkoutTimeout = .seconds(60)
                }
            ) { pool in
                async let killer: Void = {
                    for _ in 0..<10 {
                        try await other.query(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE application_name = \("storm") AND pg_sleep(0.02) IS NOT NULL
                            """)
                    }
                }()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<200 {
                        group.addTask {
                            do {
                                try await pool.query("SELECT pg_sleep(0.003)")
                            } catch PostgresError.connectionLost, PostgresError.connectionFailed {
                                // What the storm is for.
                            } catch {
                                Issue.record("unexpected: \(error)")
                            }
                        }
                    }
                }
                try await killer
                #expect(pool.load.inUse == 0)
                try await expectUsable(pool)
            }
        }
    }
}
