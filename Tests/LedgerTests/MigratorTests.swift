import Foundation
import Migrations
import Postgres
import TestSupport
import Testing

@testable import Ledger

@Suite("Migrating", .timeLimit(.minutes(2)))
struct MigratorTests {
    @Test("every file of migrations/ is listed, in order, and nothing else is")
    func everyFileIsListed() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../migrations").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        #expect(Migrations.all.map(\.fileName) == files.sorted())
        for (index, migration) in Migrations.all.enumerated() {
            #expect(migration.version == index + 1)
            let content = try Data(contentsOf: folder.appending(path: migration.fileName))
            #expect(migration.sql == Array(content), "\(migration.fileName) is not the file of that name")
        }
    }

    @Test("applies each migration once, also when several gateways try at the same time")
    func appliesOnce() async throws {
        try await withDatabase { pool in
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await Migrator(pool: pool).migrate().count } }
                return try await group.reduce(0, +)
            }
            #expect(applied == Migrations.all.count)
            #expect(try await Migrator(pool: pool).pending().isEmpty)
        }
    }

    @Test("refuses an edited migration")
    func refusesEdited() async throws {
        try await withDatabase { pool in
            _ = try await Migrator(pool: pool).migrate()
            let edited = Migrations.all.map { migration in
                Migration(version: migration.version, fileName: migration.fileName, sql: migration.sql + [0x20])
            }
            await #expect(throws: MigrationError.edited(fileName: Migrations.all[0].fileName)) {
                try await Migrator(pool: pool, migrations: edited).migrate()
            }
        }
    }

    @Test("refuses a database that a newer program migrated")
    func refusesUnknown() async throws {
        try await withDatabase { pool in
            _ = try await Migrator(pool: pool).migrate()
            let older = Array(Migrations.all.dropLast())
            await #expect(throws: MigrationError.unknown(fileName: Migrations.all.last?.fileName ?? "")) {
                try await Migrator(pool: pool, migrations: older).requireCurrentSchema()
            }
        }
    }

    @Test("refuses a history with a gap")
    func refusesGap() async throws {
        try await withDatabase { pool in
            _ = try await Migrator(pool: pool).migrate()
            _ = try await pool.query("DELETE FROM schema_migrations WHERE version = 1")
            await #expect(throws: MigrationError.missing(fileName: Migrations.all[0].fileName)) {
                try await Migrator(pool: pool).migrate()
            }
        }
    }

    @Test("a migration that fails leaves nothing of itself")
    func failureLeavesNothing() async throws {
        try await withDatabase { pool in
            let broken = Migration(
                version: 1, fileName: "0001_broken.sql", sql: Array("CREATE TABLE half (); SELECT 1 / 0".utf8))
            await #expect(throws: PostgresError.self) {
                try await Migrator(pool: pool, migrations: [broken]).migrate()
            }
            let rows = try await pool.query("SELECT to_regclass('half') IS NULL AS gone")
            #expect(try rows.first?.decode("gone", as: Bool.self) == true)
            #expect(try await Migrator(pool: pool).migrate().count == Migrations.all.count)
        }
    }

    private func withDatabase(_ body: (PostgresPool) async throws -> Void) async throws {
        let url = try await TestCluster.shared.newDatabase()
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: url, maximumConnections: 4))
        do {
            try await body(pool)
            await pool.shutdown()
        } catch {
            await pool.shutdown()
            throw error
        }
    }
}
