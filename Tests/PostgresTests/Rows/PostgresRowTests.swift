import FoundationEssentials
import Testing

@testable import Postgres

@Suite("Rows", .timeLimit(.minutes(1)))
struct PostgresRowTests {
    private func row(_ statement: SQL) async throws -> PostgresRow {
        try await TestDatabase.withPool(maximumConnections: 1) { try await $0.query(statement)[0] }
    }

    @Test("names the column that is missing, doubled, NULL or of another type")
    func errors() async throws {
        let row = try await row(
            "SELECT 1::bigint AS id, 2::bigint AS twice, 3 AS twice, NULL::text AS name, now()::timestamp AS at")
        #expect(throws: PostgresDecodingError(column: "ID", reason: .noSuchColumn)) {
            try row.decode("ID", as: Int.self)
        }
        #expect(throws: PostgresDecodingError(column: "twice", reason: .ambiguousColumn)) {
            try row.decode("twice", as: Int.self)
        }
        #expect(throws: PostgresDecodingError(column: "name", reason: .null)) {
            try row.decode("name", as: String.self)
        }
        #expect(throws: PostgresDecodingError(column: "id", reason: .type(.int8, wanted: "Int32"))) {
            try row.decode("id", as: Int32.self)
        }
        #expect(throws: PostgresDecodingError(column: "id", reason: .type(.int8, wanted: "Optional<String>"))) {
            try row.decode("id", as: String?.self)
        }
        #expect(throws: PostgresDecodingError(column: "9", reason: .noSuchColumn)) {
            try row.decode(at: 9, as: Int.self)
        }
        let error = #expect(throws: PostgresDecodingError.self) { try row.decode("at", as: Date.self) }
        #expect(error?.description == "column at: is of type with OID 1114, which Date does not read")
    }

    @Test("reads narrower integers and floats as wider ones, and refuses the reverse")
    func widening() async throws {
        let row = try await row("SELECT 1::smallint AS a, 2::integer AS b, 3::bigint AS c, 0.5::real AS d")
        #expect(try row.decode("a", as: Int64.self) == 1)
        #expect(try row.decode("a", as: Int32.self) == 1)
        #expect(try row.decode("b", as: Int.self) == 2)
        #expect(try row.decode(at: 2, as: Int.self) == 3)
        #expect(try row.decode("d", as: Double.self) == 0.5)
        #expect(throws: PostgresDecodingError.self) { try row.decode("b", as: Int16.self) }
        #expect(throws: PostgresDecodingError.self) { try row.decode("c", as: Double.self) }
    }

    @Test("a result without rows still has its columns, and one without columns has none")
    func empty() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let rows = try await pool.query("SELECT 1 AS a, 'x'::varchar AS b WHERE false")
            #expect(rows.isEmpty)
            #expect(
                rows.columns == [PostgresColumn(name: "a", type: .int4), PostgresColumn(name: "b", type: .varchar)])
            #expect(try await pool.query("SET search_path TO DEFAULT").columns.isEmpty)
        }
    }

    @Test("rows are a collection that keeps the server's order")
    func collection() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            let rows = try await pool.query("SELECT n::text AS n FROM generate_series(1, 5) n ORDER BY n DESC")
            #expect(try rows.map { row in try row.decode("n", as: String.self) } == ["5", "4", "3", "2", "1"])
            #expect(try rows.reversed().first?.decode("n", as: String.self) == "1")
            #expect(rows.affectedRowCount == 5)
        }
    }
}
