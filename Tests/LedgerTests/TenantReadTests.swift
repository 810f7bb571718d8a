import Foundation
import Postgres
import Testing

@testable import Ledger
@testable import TollgateCore

@Suite("The second wall between tenants", .timeLimit(.minutes(2)))
struct TenantReadTests {
    /// Every table, with the column that says whose a row is.
    private static let tables = [
        "tenants": "id", "tenant_usage": "tenant_id", "api_keys": "tenant_id", "uploads": "tenant_id",
        "usage_entries": "tenant_id", "audit_entries": "tenant_id", "idempotency_keys": "tenant_id",
    ]

    @Test("every table with tenants' rows has it")
    func coversAllTables() async throws {
        try await LedgerFixture.with { fixture in
            let walled = try await fixture.pool.query(
                """
                SELECT c.relname::text AS name
                FROM pg_class AS c
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
                    AND EXISTS (
                        SELECT FROM pg_policy AS p
                        WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd = 'r')
                """
            ).map { try $0.decode("name", as: String.self) }
            #expect(Set(walled) == Set(Self.tables.keys))
            #expect(ServingRole.tables.subtracting(walled) == ["schema_migrations"])
        }
    }

    /// A ledger whose gateway serves under a role of its own, and two tenants with rows in every table.
    private func withServing(
        _ body: (_ fixture: LedgerFixture, _ serving: Ledger, _ neighbour: Tenant) async throws -> Void
    ) async throws {
        try await LedgerFixture.withRole("NOLOGIN") { fixture, role in
            _ = try await Migrator(pool: fixture.pool).migrate(servingRole: role)
            let (neighbour, _) = try await LedgerFixture.makeTenant("neighbour", in: fixture.ledger)
            for tenant in [fixture.tenant, neighbour] {
                let new = try fixture.newUpload(100, of: tenant)
                _ = try await fixture.ledger.reserve(new)
                _ = try await fixture.ledger.finish(
                    new.upload.id, of: tenant.id, object: FinishedObject(bytes: 100, etag: "e", checksum: nil),
                    terms: Holding.Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: nil),
                    at: LedgerFixture.now)
                try await fixture.pool.execute(
                    """
                    INSERT INTO idempotency_keys (
                        tenant_id, key_digest, request_digest, upload_id, object_key, file_type, min_bytes, max_bytes,
                        signed_at, form_expires_at, expires_at)
                    SELECT tenant_id, sha256(id::text::bytea), sha256(''), id, object_key, file_type, min_bytes,
                        max_bytes, created_at, expires_at, expires_at
                    FROM uploads WHERE tenant_id = \(tenant.id.rawValue)
                    """)
            }
            let pool = try PostgresPool(
                configuration: PostgresConfiguration(url: fixture.url, maximumConnections: 1))
            do {
                try await pool.execute("SET ROLE \(identifier: role)")
                try await body(fixture, Ledger(pool: pool), neighbour)
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private func owners(_ rows: PostgresRows) throws -> [UUID] {
        try Array(Set(rows.map { try $0.decode("owner", as: UUID.self) }))
    }

    @Test("a read for a tenant sees its own rows, whatever it asks for")
    func showsOwnRows() async throws {
        try await withServing { fixture, serving, neighbour in
            for (table, column) in Self.tables {
                let all: SQL =
                    "SELECT \(identifier: column) AS owner FROM \(identifier: table) WHERE \(identifier: column) IS NOT NULL"
                let seen = try owners(try await serving.read(for: neighbour.id, all))
                #expect(seen == [neighbour.id.rawValue], "\(table)")
                let known = try owners(try await serving.pool.query(all))
                #expect(Set(known) == [neighbour.id.rawValue, fixture.tenant.id.rawValue], "\(table)")
            }
        }
    }

    @Test("the operator's keys are no tenant's to read")
    func hidesOperatorKeys() async throws {
        try await withServing { fixture, serving, neighbour in
            let key = try LedgerFixture.makeKey(of: nil, scopes: .platformOperator)
            try await fixture.ledger.insert(key, by: ChangeOrigin(actor: .console(user: "test")), at: LedgerFixture.now)
            let all: SQL = "SELECT id FROM api_keys WHERE tenant_id IS NULL"
            let seen = try await serving.read(for: neighbour.id, all)
            #expect(seen.isEmpty)
            let known = try await serving.pool.query(all)
            #expect(known.count == 1)
        }
    }

    @Test("nobody's rows are changed from within another's transaction")
    func changesOwnRowsAlone() async throws {
        try await withServing { fixture, serving, neighbour in
            let changed = try await serving.pool.withTransaction(
                local: [Ledger.tenantSetting: neighbour.id.description]
            ) { connection in
                try await connection.execute("UPDATE uploads SET file_name = 'changed' WHERE status = 'finished'")
            }
            #expect(changed == 1)
            let name = try await fixture.pool.query(
                "SELECT file_name FROM uploads WHERE tenant_id = \(fixture.tenant.id.rawValue)"
            ).first?.decode("file_name", as: String.self)
            #expect(name == "a.png")
        }
    }

    @Test("the next user of the connection sees all again, also after an error", arguments: [false, true])
    func leavesNothingBehind(fails: Bool) async throws {
        try await withServing { _, serving, neighbour in
            let statement: SQL = fails ? "SELECT 1 / 0 AS x" : "SELECT 1 AS x"
            do {
                _ = try await serving.read(for: neighbour.id, statement)
                #expect(!fails)
            } catch let error as PostgresError {
                #expect(fails, "\(error)")
            }
            let rows = try await serving.pool.query("SELECT count(*) AS number FROM uploads")
            #expect(try rows.first?.decode("number", as: Int64.self) == 2)
        }
    }

    @Test("a read for a tenant changes nothing")
    func readsOnly() async throws {
        try await withServing { _, serving, neighbour in
            await #expect(throws: PostgresError.self) {
                _ = try await serving.read(for: neighbour.id, "DELETE FROM idempotency_keys")
            }
        }
    }
}
