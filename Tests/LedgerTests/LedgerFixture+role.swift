import Foundation
import Postgres

extension LedgerFixture {
    static func withRole(
        _ attributes: SQL, _ body: (LedgerFixture, String) async throws -> Void
    ) async throws {
        try await with { fixture in
            try await fixture.withRole(attributes) { role in try await body(fixture, role) }
        }
    }

    /// Roles belong to the whole cluster: one of its own for each test, gone with it.
    func withRole(_ attributes: SQL, _ body: (String) async throws -> Void) async throws {
        let role = "role_" + UUID().uuidString.lowercased()
        try await pool.execute("CREATE ROLE \(identifier: role) \(attributes)")
        do {
            try await body(role)
        } catch {
            try await remove(role)
            throw error
        }
        try await remove(role)
    }

    private func remove(_ role: String) async throws {
        try await pool.execute("REASSIGN OWNED BY \(identifier: role) TO CURRENT_USER")
        try await pool.execute("DROP OWNED BY \(identifier: role)")
        try await pool.execute("DROP ROLE \(identifier: role)")
    }
}
