import Foundation
import Testing

@testable import Postgres

@Suite("PostgresPool", .timeLimit(.minutes(2)))
struct PostgresPoolTests {
    @Test(
        "refuses a URL that libpq does not read, without showing it",
        arguments: ["postgresql://u:hunter2@h/d?nonsense=1", "=", "p\0"])
    func refusesBadURL(_ url: String) {
        let error = #expect(throws: PostgresError.invalidURL) {
            try PostgresPool(configuration: PostgresConfiguration(url: url))
        }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }

    @Test("says that nobody listens, without the password")
    func unreachable() async throws {
        let pool = try PostgresPool(
            configuration: PostgresConfiguration(url: "postgresql://someone:hunter2@127.0.0.1:1/none"))
        let error = await postgresError { try await pool.query("SELECT 1") }
        guard case .connectionFailed(let reason) = error else {
            Issue.record("expected connectionFailed, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("127.0.0.1"))
        #expect(!reason.contains("hunter2"))
        #expect(pool.load.inUse == 0)
    }

    @Test("shows no URL in the configuration's descriptions")
    func hidesURL() {
        let configuration = PostgresConfiguration(url: "postgresql://u:hunter2@h/d")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration)\(String(reflecting: configuration))\(dumped)".contains("hunter2"))
    }

    @Test("gives up waiting for a connection after the checkout time-out")
    func checkoutTimeout() async throws {
        try await TestDatabase.withPool(maximumConnections: 1, adjust: { $0.checkoutTimeout = .milliseconds(50) }) {
            pool in
            try await pool.withConnection { _ in
                let started = ContinuousClock.now
                let error = await postgresError { try await pool.query("SELECT 1") }
                #expect(error == .poolTimeout(waited: .milliseconds(50)))
                #expect(started.duration(to: .now) >= .milliseconds(50))
                #expect(pool.load == PostgresPoolLoad(inUse: 1, waiting: 0, maximum: 1))
            }
            #expect(try await pool.query("SELECT 1 AS one").first?.decode("one", as: Int.self) == 1)
        }
    }

    @Test("a cancelled waiter leaves the queue and gets no connection")
    func cancelledWaiter() async throws {
        try await TestDatabase.withPool(maximumConnections: 1, adjust: { $0.checkoutTimeout = .seconds(60) }) { pool in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.query("SELECT 1") }
                try await until { pool.load.waiting == 1 }
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
                #expect(pool.load.waiting == 0)
            }
            #expect(pool.load.inUse == 0)
        }
    }

    @Test("serves waiters in the order in which they came")
    func fifo() async throws {
        try await TestDatabase.withPool(maximumConnections: 1, adjust: { $0.checkoutTimeout = .seconds(60) }) { pool in
            let served = Shared<[Int]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await pool.withConnection { _ in }
                let gate = AsyncStream<Void>.makeStream()
                group.addTask {
                    try await pool.withConnection { _ in for await _ in gate.stream { break } }
                }
                try await until { pool.load.inUse == 1 }
                for number in 0..<20 {
                    group.addTask { try await pool.withConnection { _ in served.change { $0.append(number) } } }
                    try await until { pool.load.waiting == number + 1 }
                }
                gate.continuation.yield()
                try await group.waitForAll()
            }
            #expect(served.value == Array(0..<20))
        }
    }

    @Test("opens a new session where the server has ended the idle one")
    func replacesBroken() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await TestDatabase.withPool(maximumConnections: 1) { other in
                let first = try await backend(of: pool)
                try await terminate(first, by: other)
                #expect(try await backend(of: pool) != first)
            }
        }
    }

    @Test("all sessions ended at once, as by a restart, are all replaced")
    func restart() async throws {
        try await TestDatabase.withPool(maximumConnections: 4, adjust: { $0.applicationName = "restart" }) { pool in
            func backends() async throws -> Set<Int32> {
                // No task gives its connection back before all four have one.
                let arrived = Shared(0)
                return try await withThrowingTaskGroup(of: Int32.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            try await pool.withConnection { connection in
                                arrived.change { $0 += 1 }
                                try await until { arrived.value == 4 }
                                return try await connection.query("SELECT pg_backend_pid() AS pid")[0].decode("pid")
                            }
                        }
                    }
                    return try await group.reduce(into: []) { $0.insert($1) }
                }
            }
            let before = try await backends()
            #expect(before.count == 4)
            try await TestDatabase.withPool(maximumConnections: 1) { other in
                for pid in before { try await terminate(pid, by: other) }
            }
            let after = try await backends()
            #expect(after.count == 4)
            #expect(before.isDisjoint(with: after))
        }
    }

    @Test("asks a session that lay idle for long, and keeps it when it answers")
    func idleCheck() async throws {
        try await TestDatabase.withPool(maximumConnections: 1, adjust: { $0.idleCheckInterval = .zero }) { pool in
            let first = try await backend(of: pool)
            #expect(try await backend(of: pool) == first)
        }
    }

    @Test("a transaction left open by hand is not handed to the next borrower")
    func leakedTransaction() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let first = try await pool.withConnection { connection in
                try await connection.execute(script: "BEGIN")
                return try await connection.query("SELECT pg_backend_pid() AS pid")[0].decode("pid", as: Int32.self)
            }
            #expect(try await backend(of: pool) != first)
        }
    }

    @Test("shuts down after the borrowers are done, and refuses everyone from then on")
    func gracefulShutdown() async throws {
        let pool = try PostgresPool(configuration: await TestDatabase.configuration(maximumConnections: 1))
        let gate = AsyncStream<Void>.makeStream()
        async let borrower = pool.withConnection { connection in
            for await _ in gate.stream { break }
            return try await connection.query("SELECT 1").count
        }
        try await until { pool.load.inUse == 1 }
        async let refused = postgresError { try await pool.query("SELECT 1") }
        try await until { pool.load.waiting == 1 }
        async let shutdown: Void = pool.shutdown(within: .seconds(30))
        #expect(await refused == .poolClosed)
        #expect(await postgresError { try await pool.query("SELECT 1") } == .poolClosed)
        gate.continuation.yield()
        #expect(try await borrower == 1)
        await shutdown
        await pool.shutdown(within: .seconds(30))
    }

    @Test(
        "cancels what still runs when the bound of the shutdown is over",
        arguments: [Duration.zero, .milliseconds(100)])
    func boundedShutdown(bound: Duration) async throws {
        let pool = try PostgresPool(configuration: await TestDatabase.configuration(maximumConnections: 1))
        async let endless = postgresError { try await pool.query("SELECT pg_sleep(60)") }
        try await until { pool.load.inUse == 1 }
        let started = ContinuousClock.now
        await pool.shutdown(within: bound)
        #expect(await endless == .poolClosed)
        #expect(started.duration(to: .now) < .seconds(10))
    }

    private func backend(of pool: PostgresPool) async throws -> Int32 {
        try await pool.query("SELECT pg_backend_pid() AS pid")[0].decode("pid")
    }
}

/// Ends a session and waits until it is gone.
func terminate(_ pid: Int32, by pool: PostgresPool) async throws {
    let ended: Bool = try await pool.query("SELECT pg_terminate_backend(\(pid), 10000) AS ended")[0].decode("ended")
    #expect(ended)
}
