import Foundation
import Testing

@testable import Postgres

@Suite("PostgresConnection", .timeLimit(.minutes(2)))
struct PostgresConnectionTests {
    @Test("sets up the session: encoding, time zone, name, time-outs, and the URL's own options")
    func session() async throws {
        let url = try await TestDatabase.url()
        let optionURL = url + (url.contains("?") ? "&" : "?") + "options=-c%20work_mem%3D5MB"
        try await TestDatabase.withPool(adjust: {
            $0.url = optionURL
            $0.applicationName = "the name"
            $0.statementTimeout = .milliseconds(1500)
            $0.lockTimeout = nil
        }) { pool in
            for (name, expected) in [
                ("client_encoding", "UTF8"), ("TimeZone", "UTC"), ("application_name", "the name"),
                ("statement_timeout", "1500ms"), ("lock_timeout", "0"), ("work_mem", "5MB"),
                ("idle_in_transaction_session_timeout", "1min"),
            ] {
                let value = try await pool.query("SELECT current_setting(\(name)) AS value")[0].decode(
                    "value", as: String.self)
                #expect(value == expected, "\(name)")
            }
        }
    }

    @Test("works on threads outside the cooperative pool: many more block at once than there are processors")
    func blocksNothing() async throws {
        let count = 4 * ProcessInfo.processInfo.activeProcessorCount + 4
        let key = Int64.random(in: 1...Int64(Int32.max))
        try await TestDatabase.withPool { other in
            try await TestDatabase.withPool(maximumConnections: count, adjust: { $0.lockTimeout = nil }) { pool in
                try await other.withConnection { holder in
                    try await holder.query("SELECT pg_advisory_lock(\(key))")
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<count {
                            group.addTask { try await pool.query("SELECT pg_advisory_xact_lock_shared(\(key))") }
                        }
                        try await until {
                            try await holder.query(
                                """
                                SELECT 1 FROM pg_locks
                                WHERE locktype = 'advisory' AND objid = \(key)::oid AND NOT granted
                                """
                            ).count == count
                        }
                        try await holder.query("SELECT pg_advisory_unlock(\(key))")
                        try await group.waitForAll()
                    }
                }
            }
        }
    }

    @Test("counts the rows that a statement touched")
    func affectedRows() async throws {
        try await TestDatabase.withPool { pool in
            try await pool.withConnection { connection in
                try await connection.execute(script: "CREATE TEMP TABLE t (id bigint); INSERT INTO t VALUES (1), (2)")
                let inserted = try await connection.execute("INSERT INTO t SELECT unnest(\([Int64](1...5)))")
                #expect(inserted == 5)
                let deleted = try await connection.query("DELETE FROM t WHERE id = \(1) RETURNING id")
                #expect(deleted.affectedRowCount == 2)
                #expect(deleted.count == 2)
            }
        }
    }

    @Test("a script stops at its first error, and nothing of it stays")
    func failingScript() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let error = await postgresError {
                try await pool.withConnection {
                    try await $0.execute(
                        script: "CREATE TEMP TABLE gone (id int); SELECT 1 / 0; CREATE TEMP TABLE no (id int)")
                }
            }
            #expect(error?.sqlState?.rawValue == "22012")
            let exists: Bool = try await pool.query("SELECT to_regclass(\("gone")) IS NOT NULL AS e")[0].decode("e")
            #expect(!exists)
        }
    }

    @Test(
        "refuses COPY without hanging, and goes on with a new session",
        arguments: ["COPY (SELECT 1) TO STDOUT", "CREATE TEMP TABLE c (i int); COPY c FROM STDIN"])
    func refusesCopy(_ script: String) async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let error = await postgresError { try await pool.withConnection { try await $0.execute(script: script) } }
            #expect(error == .invalidStatement("COPY is not supported"))
            try await expectUsable(pool)
        }
    }

    @Test("refuses a NUL in a statement's text instead of cutting the text off there")
    func refusesNUL() async throws {
        try await TestDatabase.withPool { pool in
            let statement: SQL = "SELECT 1 AS \(identifier: "a\0b")"
            let error = await postgresError { try await pool.query(statement) }
            #expect(error == .invalidStatement("its text holds a NUL"))
        }
    }

    @Test("refuses more parameters than the protocol can count, and takes as many as it can")
    func parameterCount() async throws {
        try await TestDatabase.withPool { pool in
            func statement(_ count: Int) -> SQL {
                "SELECT coalesce(\(SQL.joined((0..<count).map { "\($0)" }, separator: ", "))) AS first"
            }
            let error = await postgresError { try await pool.query(statement(65_536)) }
            #expect(error == .invalidStatement("it has 65536 parameters"))
        }
    }

    @Test("the statement time-out is the server's error")
    func statementTimeout() async throws {
        try await TestDatabase.withPool(adjust: { $0.statementTimeout = .milliseconds(50) }) { pool in
            let error = await postgresError { try await pool.query("SELECT pg_sleep(60)") }
            #expect(error?.serverError?.sqlState == .queryCanceled)
        }
    }

    @Test("the lock time-out is the server's error")
    func lockTimeout() async throws {
        try await TestDatabase.withPool(adjust: { $0.lockTimeout = .milliseconds(50) }) { pool in
            try await TestDatabase.withSchema(of: pool) { schema in
                try await pool.execute("CREATE TABLE \(identifier: schema).t (id int)")
                try await pool.withTransaction { holder in
                    try await holder.execute("LOCK TABLE \(identifier: schema).t")
                    let error = await postgresError { try await pool.query("SELECT * FROM \(identifier: schema).t") }
                    #expect(error?.serverError?.sqlState == .lockNotAvailable)
                }
            }
        }
    }

    @Test("a session that ends under a statement is a lost connection, and is not used again")
    func terminated() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await pool.withConnection { connection in
                let error = await postgresError {
                    try await connection.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")
                }
                #expect(error == .connectionLost(.adminShutdown))
                #expect(await postgresError { try await connection.query("SELECT 1") } == .connectionLost(nil))
            }
            try await expectUsable(pool)
        }
    }

    @Test("a session that ended between two statements is a lost connection at the second")
    func terminatedBetween() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await TestDatabase.withPool(maximumConnections: 1) { other in
                try await pool.withConnection { connection in
                    let pid: Int32 = try await connection.query("SELECT pg_backend_pid() AS pid")[0].decode("pid")
                    try await terminate(pid, by: other)
                    let error = await postgresError { try await connection.query("SELECT 1") }
                    guard case .connectionLost = error else {
                        Issue.record("expected connectionLost, got \(String(describing: error))")
                        return
                    }
                }
            }
        }
    }
}
