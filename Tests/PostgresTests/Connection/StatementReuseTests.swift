import TestSupport
import Testing

@testable import Postgres

@Suite("Prepared statements", .timeLimit(.minutes(2)))
struct StatementReuseTests {
    @Test("one text is prepared once on a connection")
    func reused() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            for number in 0..<10 {
                let value: Int = try await pool.query("SELECT \(number) AS marker")[0].decode("marker")
                #expect(value == number)
            }
            let prepared: Int = try await pool.query(
                "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1 AS%'")[0].decode("n")
            #expect(prepared == 1)
        }
    }

    @Test("a plan that was made for a small table is not kept while the table grows, though nobody analyses it")
    func plannedAnew() async throws {
        // A database of its own: what others create makes their sessions' plans invalid, and now and then everybody's.
        let url = try await TestCluster.shared.newDatabase()
        try await TestDatabase.withPool(maximumConnections: 1, adjust: { $0.url = url }) { pool in
            try await pool.execute("CREATE TABLE grown (id bigint PRIMARY KEY) WITH (autovacuum_enabled = off)")
            try await pool.execute("INSERT INTO grown VALUES (1)")
            // One page by what PostgreSQL knows of it: it reads it from end to end.
            try await pool.execute("ANALYZE grown")
            func find(times: Int) async throws {
                for _ in 0..<times { try await pool.query("SELECT id FROM grown WHERE id = \(1)") }
            }
            try await find(times: 10)
            try await pool.execute("INSERT INTO grown SELECT generate_series(2, 20000)")
            try await find(times: StatementCache.executionsPerPlan)
            let names = try await pool.query(
                "SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT id FROM grown%'"
            ).map { try $0.decode("name", as: String.self) }
            try #require(names.count == 1)
            let plan: String = try await pool.query("EXPLAIN EXECUTE \(identifier: names[0]) (1)")[0]
                .decode("QUERY PLAN")
            #expect(plan.hasPrefix("Index"))
        }
    }

    @Test("a statement that somebody deallocated is prepared anew when it is worn")
    func deallocatedByOthers() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            for _ in 0..<StatementCache.executionsPerPlan { try await pool.query("SELECT \(1) AS marker") }
            try await pool.execute("DEALLOCATE ALL")
            let value: Int = try await pool.query("SELECT \(1) AS marker")[0].decode("marker")
            #expect(value == 1)
        }
    }

    @Test("one text with parameters of other types is another statement")
    func typed() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let number: Int = try await pool.query("SELECT \(1) AS marker")[0].decode("marker")
            let text: String = try await pool.query("SELECT \("one") AS marker")[0].decode("marker")
            #expect(number == 1)
            #expect(text == "one")
        }
    }

    @Test("the server keeps no more of them than the cache may hold")
    func bounded() async throws {
        try await TestDatabase.withPool(maximumConnections: 1, adjust: { $0.statementCacheCapacity = 4 }) { pool in
            for number in 0..<20 { try await pool.query("SELECT 1 AS \(identifier: "marker\(number)")") }
            let kept: Int = try await pool.query("SELECT count(*) AS n FROM pg_prepared_statements")[0].decode("n")
            #expect(kept <= 5)
        }
    }

    @Test("a statement whose result a migration has changed is prepared anew")
    func changedResult() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await TestDatabase.withSchema(of: pool) { schema in
                let statement: SQL = "SELECT * FROM \(identifier: schema).t"
                try await pool.execute("CREATE TABLE \(identifier: schema).t AS SELECT 1 AS a")
                #expect(try await pool.query(statement).columns.map(\.name) == ["a"])
                try await pool.execute("ALTER TABLE \(identifier: schema).t ADD COLUMN b text")
                #expect(try await pool.query(statement).columns.map(\.name) == ["a", "b"])
            }
        }
    }

    @Test("in a transaction that a stale statement has ended, its error is thrown, and the next one works")
    func staleInTransaction() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await pool.query("SELECT 1 AS marker")
            try await pool.withConnection { try await $0.execute(script: "DEALLOCATE ALL") }
            let error = await postgresError {
                try await pool.withTransaction { try await $0.query("SELECT 1 AS marker") }
            }
            #expect(error?.sqlState == .invalidStatementName)
            let rows = try await pool.query("SELECT 1 AS marker")
            #expect(rows.count == 1)
        }
    }
}
