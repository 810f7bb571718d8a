import Foundation
import Testing

@testable import Postgres

@Suite("Values", .timeLimit(.minutes(2)))
struct RoundTripTests {
    /// Sends `values` one by one and as an array with and without NULLs, and expects them back; the text that the
    /// server makes of them guards against two errors that cancel out.
    private func roundTrip<Value: PostgresScalar & Equatable>(
        _ values: [Value], as texts: [String], at location: SourceLocation = #_sourceLocation
    ) async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            for (value, text) in zip(values, texts) {
                let row = try await pool.query("SELECT \(value) AS v, \(value)::text AS t, \(Value?.none) AS n")[0]
                #expect(try row.decode("v", as: Value.self) == value, sourceLocation: location)
                #expect(try row.decode("v", as: Value?.self) == value, sourceLocation: location)
                #expect(try row.decode("n", as: Value?.self) == nil, sourceLocation: location)
                #expect(try row.decode("t", as: String.self) == text, sourceLocation: location)
            }
            let optionals: [Value?] = [nil] + values.map(Optional.some) + [nil]
            let row = try await pool.query(
                """
                SELECT \(values) AS v, \(optionals) AS o, \([Value]()) AS e, \([Value]?.none) AS n,
                    cardinality(\(values)) AS count
                """)[0]
            #expect(try row.decode("v", as: [Value].self) == values, sourceLocation: location)
            #expect(try row.decode("o", as: [Value?].self) == optionals, sourceLocation: location)
            #expect(try row.decode("e", as: [Value].self) == [], sourceLocation: location)
            #expect(try row.decode("n", as: [Value]?.self) == nil, sourceLocation: location)
            #expect(try row.decode("count", as: Int.self) == values.count, sourceLocation: location)
            let nullElement = #expect(throws: PostgresDecodingError.self, sourceLocation: location) {
                try row.decode("o", as: [Value].self)
            }
            #expect(
                nullElement == PostgresDecodingError(column: "o", reason: .nullElement(0)), sourceLocation: location)
        }
    }

    @Test("booleans") func booleans() async throws {
        try await roundTrip([true, false], as: ["true", "false"])
    }

    @Test("integers of every width, to their limits") func integers() async throws {
        try await roundTrip([Int16.min, -1, 0, .max], as: ["-32768", "-1", "0", "32767"])
        try await roundTrip([Int32.min, -1, 0, .max], as: ["-2147483648", "-1", "0", "2147483647"])
        try await roundTrip([Int64.min, -1, 0, .max], as: ["-9223372036854775808", "-1", "0", "9223372036854775807"])
        try await roundTrip([Int.min, -1, 0, .max], as: ["-9223372036854775808", "-1", "0", "9223372036854775807"])
    }

    @Test("doubles") func doubles() async throws {
        try await roundTrip(
            [0.1, -1e300, .infinity, .leastNonzeroMagnitude], as: ["0.1", "-1e+300", "Infinity", "5e-324"])
    }

    @Test("text of every script") func texts() async throws {
        let texts = ["", "plain", "'quoted' \"twice\" \\", "Größe 日本語 🇫🇷 e\u{301}", "\u{7F}\u{1}\n\t", "{a,NULL,\"b\"}"]
        try await roundTrip(texts, as: texts)
    }

    @Test("a NUL in text is the server's error, not a shorter text") func nulInText() async throws {
        try await TestDatabase.withPool { pool in
            let error = await postgresError { try await pool.query("SELECT \("a\0b")") }
            #expect(error?.sqlState?.rawValue == "22021")
        }
    }

    @Test("UUIDs") func identifiers() async throws {
        let texts = ["00000000-0000-0000-0000-000000000000", "0189d3a1-7b1c-7f00-8000-0123456789ab"]
        try await roundTrip(texts.compactMap { UUID(uuidString: $0) }, as: texts)
    }

    @Test("instants, to the microsecond, on both sides of both epochs") func instants() async throws {
        try await roundTrip(
            [
                Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 946_684_800),
                Date(timeIntervalSince1970: 946_684_799.5), Date(timeIntervalSince1970: 1_790_000_000.123456),
                .distantPast, .distantFuture,
            ],
            as: [
                "1970-01-01 00:00:00+00", "2000-01-01 00:00:00+00", "1999-12-31 23:59:59.5+00",
                "2026-09-21 14:13:20.123456+00", "0001-12-30 00:00:00+00 BC", "4001-01-01 00:00:00+00",
            ])
    }

    @Test("a date that PostgreSQL cannot hold is the server's error, and infinity is no date")
    func extremeInstants() async throws {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            for seconds in [Double.infinity, -.infinity, .nan, 1e18, -1e18] {
                let date = Date(timeIntervalSinceReferenceDate: seconds)
                #expect(await postgresError { try await pool.query("SELECT \(date)") }?.sqlState?.rawValue == "22008")
            }
            let row = try await pool.query("SELECT 'infinity'::timestamptz AS at")[0]
            #expect(throws: PostgresDecodingError(column: "at", reason: .outOfRange)) {
                try row.decode("at", as: Date.self)
            }
        }
    }

    @Test("bytes, and arrays of them") func bytes() async throws {
        try await roundTrip([[], [0, 255, 0], Array("\\x".utf8)] as [[UInt8]], as: ["\\x", "\\x00ff00", "\\x5c78"])
    }

    @Test("JSON") func json() async throws {
        let texts = ["{\"a\": [1, null, \"é\"]}", "null"]
        try await roundTrip(texts.map { JSONText($0) }, as: texts)
        try await TestDatabase.withPool { pool in
            let text: JSONText = try await pool.query("SELECT '{\"b\":1}'::json AS j")[0].decode("j")
            #expect(text.text == "{\"b\":1}")
        }
    }

    @Test(
        "numerics as their exact text",
        arguments: [
            "0", "1", "-1", "10000", "100000000", "0.1", "-0.0001", "0.00001", "12345678901234567890.123456789",
            "1.500",
            "0.000000000000", "9999.9999", "-1000000", "NaN", "Infinity", "-Infinity",
            "100000000000000000000000000000000",
        ])
    func numerics(_ text: String) async throws {
        try await TestDatabase.withPool { pool in
            let row = try await pool.query(
                "SELECT \(NumericText(text)) AS n, \(NumericText(text))::text AS t, \(NumericText?.none) AS nothing")[0]
            #expect(try row.decode("n", as: NumericText.self) == NumericText(text))
            #expect(try row.decode("t", as: String.self) == text)
            #expect(try row.decode("nothing", as: NumericText?.self) == nil)
        }
    }

    private enum Status: String, PostgresScalar { case pending, finished }
    private struct TenantID: RawRepresentable, Hashable, PostgresScalar { let rawValue: UUID }

    @Test("types of the program's own travel as their raw value") func rawRepresentables() async throws {
        try await roundTrip([Status.pending, .finished], as: ["pending", "finished"])
        let id = UUID()
        try await roundTrip([TenantID(rawValue: id)], as: [id.uuidString.lowercased()])
        try await TestDatabase.withPool { pool in
            let row = try await pool.query("SELECT 'exploded' AS status")[0]
            #expect(throws: PostgresDecodingError(column: "status", reason: .unknownRawValue)) {
                try row.decode("status", as: Status.self)
            }
        }
    }

    @Test("ten million bytes there and back") func largeBytes() async throws {
        var bytes = [UInt8](repeating: 0, count: 10_000_000)
        for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        let sent = bytes
        try await TestDatabase.withPool { pool in
            let row = try await pool.query("SELECT \(sent) AS b, length(\(sent)) AS l")[0]
            #expect(try row.decode("l", as: Int.self) == 10_000_000)
            let isSame = try row.decode("b", as: [UInt8].self) == sent
            #expect(isSame)
        }
    }

    @Test("arrays of 10,000 elements through unnest") func largeArrays() async throws {
        let ids = (0..<10_000).map { _ in UUID() }
        let names: [String?] = (0..<10_000).map { $0.isMultiple(of: 10) ? nil : "name \($0)" }
        let sizes = (0..<10_000).map { Int64($0) << 20 }
        let flags = (0..<10_000).map { $0.isMultiple(of: 3) }
        let dates = (0..<10_000).map { Date(timeIntervalSince1970: Double($0)) }
        try await TestDatabase.withPool { pool in
            let rows = try await pool.query(
                """
                SELECT * FROM unnest(\(ids), \(names), \(sizes), \(flags), \(dates))
                    WITH ORDINALITY AS t(id, name, size, flag, at, ordinal) ORDER BY ordinal
                """)
            #expect(rows.count == 10_000)
            #expect(try rows.map { row in try row.decode("id", as: UUID.self) } == ids)
            #expect(try rows.map { row in try row.decode("name", as: String?.self) } == names)
            #expect(try rows.map { row in try row.decode("size", as: Int64.self) } == sizes)
            #expect(try rows.map { row in try row.decode("flag", as: Bool.self) } == flags)
            #expect(try rows.map { row in try row.decode("at", as: Date.self) } == dates)
        }
    }
}
