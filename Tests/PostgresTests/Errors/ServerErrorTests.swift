import FoundationEssentials
import Testing

@testable import Postgres

@Suite("Server errors", .timeLimit(.minutes(2)))
struct ServerErrorTests {
    private let secret = "s3cr3t-value"

    private func error(of statement: SQL, after script: String = "") async throws -> ServerError? {
        try await TestDatabase.withPool(maximumConnections: 1) { pool in
            try await pool.withConnection { connection in
                try await connection.execute(script: script)
                return await postgresError { try await connection.query(statement) }?.serverError
            }
        }
    }

    private func everyForm(of error: ServerError?) -> String {
        var dumped = ""
        dump(error, to: &dumped)
        return
            "\(String(describing: error)) \(String(reflecting: error)) \(dumped) \(error.map { "\(PostgresError.server($0))" } ?? "")"
    }

    @Test(
        "names the violated constraint and its table, and shows no value",
        arguments: [
            ("UPDATE t SET size = -1", "23514", "t_size_positive"),
            ("INSERT INTO t (name, size) VALUES ('s3cr3t-value', 1)", "23505", "t_name_unique"),
            ("INSERT INTO u (name) VALUES ('s3cr3t-value-2')", "23503", "u_name_known"),
        ])
    func constraints(_ statement: String, _ state: String, _ constraint: String) async throws {
        let script = """
            CREATE TEMP TABLE t (
                name text CONSTRAINT t_name_unique UNIQUE, size bigint CONSTRAINT t_size_positive CHECK (size > 0));
            CREATE TEMP TABLE u (name text CONSTRAINT u_name_known REFERENCES t (name));
            INSERT INTO t VALUES ('s3cr3t-value', 5);
            """
        let error = try await error(of: SQL(stringLiteral: statement), after: script)
        #expect(error?.sqlState.rawValue == state)
        #expect(error?.constraint == constraint)
        #expect(error?.table == (constraint.hasPrefix("u") ? "u" : "t"))
        #expect(error?.severity == "ERROR")
        #expect(!everyForm(of: error).contains(secret))
        #expect(everyForm(of: error).contains(constraint))
    }

    @Test("names the column that may not be null")
    func notNull() async throws {
        let error = try await error(
            of: "INSERT INTO t (name) VALUES (\(secret))",
            after: "CREATE TEMP TABLE t (name text, size bigint NOT NULL)")
        #expect(error?.sqlState == .notNullViolation)
        #expect(error?.column == "size")
        #expect(!everyForm(of: error).contains(secret))
    }

    @Test("shows no parameter that the server quotes in its message")
    func parameters() async throws {
        for statement: SQL in [
            "SELECT \(secret)::uuid", "SELECT \(secret)::regclass", "SELECT to_tsquery(\("\(secret) \(secret)"))",
            "SELECT \("{" + secret)::json", "SELECT \(secret)::int",
        ] {
            let error = try await error(of: statement)
            #expect(error != nil, "\(statement)")
            #expect(!everyForm(of: error).contains(secret), "\(statement)")
        }
    }

    @Test("says where a statement's text is wrong")
    func position() async throws {
        let error = try await error(of: "SELECT nothing_like_it")
        #expect(error?.sqlState == .undefinedColumn)
        #expect(error?.position == 8)
        #expect(error?.description == "ERROR 42703: column \"…\" does not exist (position 8)")
    }

    @Test("a statement shows its text and no values")
    func statements() {
        let statement: SQL = "SELECT \(secret)"
        var dumped = ""
        dump(statement, to: &dumped)
        #expect("\(statement)" == "SELECT $1")
        #expect(!dumped.contains(secret))
        #expect(!dumped.contains("115"))
    }
}
