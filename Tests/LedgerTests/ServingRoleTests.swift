import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite("The role that gateways serve under", .timeLimit(.minutes(2)))
struct ServingRoleTests {
    @Test("its tables are those that the migrations make")
    func tables() async throws {
        try await LedgerFixture.with { fixture in
            let made = try await fixture.pool.query(
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                """
            ).map { try $0.decode("name", as: String.self) }
            #expect(Set(made) == ServingRole.tables)
        }
    }

    @Test("a superuser's migration leaves other programs' tables alone")
    func leavesOthersAlone() async throws {
        try await LedgerFixture.withRole("NOLOGIN") { fixture, role in
            try await fixture.pool.execute("CREATE TABLE other (x integer)")
            try await fixture.pool.execute("GRANT TRUNCATE ON other TO \(identifier: role)")
            _ = try await Migrator(pool: fixture.pool).migrate(servingRole: role)
            let row = try #require(
                try await fixture.pool.query(
                    """
                    SELECT has_table_privilege(\(role), 'other', 'TRUNCATE') AS kept,
                        has_table_privilege(\(role), 'other', 'SELECT') AS given,
                        has_table_privilege(\(role), 'uploads', 'SELECT, INSERT') AS serves
                    """
                ).first)
            #expect(try row.decode("kept", as: Bool.self))
            #expect(try !row.decode("given", as: Bool.self))
            #expect(try row.decode("serves", as: Bool.self))
        }
    }

    @Test("a role that may create roles is refused")
    func refusesCreateRole() async throws {
        try await LedgerFixture.withRole("CREATEROLE") { fixture, role in
            await #expect(throws: ServingRoleError.canCreateRoles(role)) {
                try await Migrator(pool: fixture.pool).migrate(servingRole: role)
            }
        }
    }

    @Test("a role that passes row-level security is refused")
    func refusesBypass() async throws {
        try await LedgerFixture.withRole("BYPASSRLS") { fixture, role in
            await #expect(throws: ServingRoleError.bypassesRowSecurity(role)) {
                try await Migrator(pool: fixture.pool).migrate(servingRole: role)
            }
        }
    }

    @Test("a member of the tables' owner is refused, also when a superuser migrates")
    func refusesOwnersMember() async throws {
        try await LedgerFixture.withRole("NOLOGIN") { fixture, role in
            try await fixture.withRole("NOLOGIN") { owner in
                try await fixture.pool.execute("ALTER TABLE uploads OWNER TO \(identifier: owner)")
                try await fixture.pool.execute("GRANT \(identifier: owner) TO \(identifier: role)")
                await #expect(throws: ServingRoleError.isOwner(role)) {
                    try await Migrator(pool: fixture.pool).migrate(servingRole: role)
                }
            }
        }
    }
}
