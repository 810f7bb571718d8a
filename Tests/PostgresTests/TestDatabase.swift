import Foundation
import TestSupport
import Testing

@testable import Postgres

/// The real server that the tests run against.
enum TestDatabase {
    /// A libpq URL of the cluster of this process, as the user that owns it.
    static func url() async throws -> String {
        try await TestCluster.shared.url(database: "postgres")
    }

    static func configuration(
        maximumConnections: Int = 2, adjust: (inout PostgresConfiguration) -> Void = { _ in }
    ) async throws -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: try await url(), maximumConnections: maximumConnections)
        adjust(&configuration)
        return configuration
    }

    /// Lends a pool and shuts it down again, whatever happens in `body`.
    static func withPool<Result: Sendable>(
        maximumConnections: Int = 2, adjust: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let pool = try PostgresPool(
            configuration: await configuration(maximumConnections: maximumConnections, adjust: adjust))
        do {
            let result = try await body(pool)
            await pool.shutdown(within: .seconds(1))
            return result
        } catch {
            await pool.shutdown(within: .seconds(1))
            throw error
        }
    }

    /// Lends a schema of its own, whose name goes into statements as an identifier.
    static func withSchema<Result: Sendable>(
        of pool: PostgresPool, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let schema = "test_\(UUID().uuidString.lowercased())"
        try await pool.execute("CREATE SCHEMA \(identifier: schema)")
        do {
            let result = try await body(schema)
            try await pool.execute("DROP SCHEMA \(identifier: schema) CASCADE")
            return result
        } catch {
            try await pool.execute("DROP SCHEMA \(identifier: schema) CASCADE")
            throw error
        }
    }
}

/// Asks until `condition` holds; the time limit of the suite cancels the task, and with it this.
nonisolated(nonsending) func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// The error that `body` throws, as a `PostgresError`; nil when it throws none or another.
nonisolated(nonsending) func postgresError<Result>(_ body: () async throws -> Result) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Sees that every connection of a small pool answers.
func expectUsable(_ pool: PostgresPool, at location: SourceLocation = #_sourceLocation) async throws {
    for number in 0..<8 {
        let answer: Int = try await pool.query("SELECT \(number) AS answer")[0].decode("answer")
        #expect(answer == number, sourceLocation: location)
    }
}
