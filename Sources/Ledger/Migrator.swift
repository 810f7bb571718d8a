package import Migrations
import OpenSSL
package import Postgres

/// Brings a database to this program's schema, and says when it is another's.
///
/// Each migration runs once, in order, in a transaction of its own, under an advisory lock, so that any number of
/// gateways may try at the same time (PostgreSQL, "Advisory Locks").
package struct Migrator: Sendable {
    private let pool: PostgresPool
    private let migrations: [Migration]

    package init(pool: PostgresPool, migrations: [Migration] = Migrations.all) {
        self.pool = pool
        self.migrations = migrations
    }

    /// Any number that no other program uses as an advisory lock in this database.
    private static let lock: Int64 = 0x746f_6c6c_6761_7465

    /// What is applied compared with what this program brings.
    package func pending() async throws -> [Migration] {
        try await pool.withConnection { connection in try await pending(connection) }
    }

    /// For whoever must not change the schema: a gateway, a command.
    /// - Throws: ``MigrationError`` where the database's schema is not this program's.
    package func requireCurrentSchema() async throws {
        let pending = try await pending()
        guard pending.isEmpty else { throw MigrationError.pending(fileNames: pending.map(\.fileName)) }
    }

    /// Applies what is missing.
    /// - Parameter servingRole: the role that gateways serve under, which gets its privileges after that, applied or not.
    /// - Returns: the migrations that were applied by this call, in order.
    /// - Throws: ``MigrationError`` where the database's history is not a beginning of this program's;
    ///   ``ServingRoleError``.
    package func migrate(servingRole: String? = nil) async throws -> [Migration] {
        try await pool.withConnection { connection in
            try await lock(connection)
            do {
                let applied = try await applyPending(connection)
                if let servingRole { try await ServingRole(name: servingRole).grant(connection) }
                _ = try await connection.query("SELECT pg_advisory_unlock(\(Self.lock)) AS unlocked")
                return applied
            } catch {
                // The session's end frees the lock as well, should the connection be what failed.
                _ = try await connection.query("SELECT pg_advisory_unlock(\(Self.lock)) AS unlocked")
                throw error
            }
        }
    }

    /// Waits for whoever migrates now, however long that takes: the pool's time-outs are for requests.
    private func lock(_ connection: PostgresConnection) async throws {
        try await connection.execute(script: "SET lock_timeout = 0; SET statement_timeout = 0")
        do {
            _ = try await connection.query("SELECT pg_advisory_lock(\(Self.lock))::text AS locked")
        } catch {
            try await connection.execute(script: Self.usualTimeouts)
            throw error
        }
        try await connection.execute(script: Self.usualTimeouts)
    }

    /// As the session began (PostgreSQL, "RESET").
    private static let usualTimeouts = "RESET lock_timeout; RESET statement_timeout"

    private func applyPending(_ connection: PostgresConnection) async throws -> [Migration] {
        try await connection.execute(
            script: """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version    integer     NOT NULL,
                    file_name  text        NOT NULL,
                    checksum   bytea       NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now(),
                    CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
                )
                """)
        let missing = try await pending(connection)
        for migration in missing {
            try await connection.execute(script: "BEGIN")
            do {
                try await connection.execute(script: String(decoding: migration.sql, as: UTF8.self))
                _ = try await connection.query(
                    """
                    INSERT INTO schema_migrations (version, file_name, checksum)
                    VALUES (\(Int32(migration.version)), \(migration.fileName), \(SHA256.hash(migration.sql)))
                    """)
                try await connection.execute(script: "COMMIT")
            } catch {
                try await connection.execute(script: "ROLLBACK")
                throw error
            }
        }
        return missing
    }

    private func pending(_ connection: PostgresConnection) async throws -> [Migration] {
        let exists = try await connection.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS exists")
        guard try exists.first?.decode("exists", as: Bool.self) == true else { return migrations }
        let applied = try await connection.query(
            "SELECT version, file_name, checksum FROM schema_migrations ORDER BY version")
        for (index, row) in applied.enumerated() {
            let version = Int(try row.decode("version", as: Int32.self))
            let fileName = try row.decode("file_name", as: String.self)
            guard index < migrations.count else { throw MigrationError.unknown(fileName: fileName) }
            let own = migrations[index]
            guard version == own.version else { throw MigrationError.missing(fileName: own.fileName) }
            let checksum = try row.decode("checksum", as: [UInt8].self)
            guard fileName == own.fileName, checksum == SHA256.hash(own.sql) else {
                throw MigrationError.edited(fileName: fileName)
            }
        }
        return Array(migrations.dropFirst(applied.count))
    }
}

/// Why a database's schema is not this program's.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Applied once with another content.
    case edited(fileName: String)
    /// A later one was applied, this one was not.
    case missing(fileName: String)
    /// Applied by a newer program.
    case unknown(fileName: String)
    /// Not applied yet, and the caller does not migrate.
    case pending(fileNames: [String])

    package var description: String {
        switch self {
        case .edited(let name):
            "The database was migrated with another version of \(name). Never edit an applied migration: add a new one."
        case .missing(let name):
            "The database has later migrations but lacks \(name). It was not made by this program's migrations."
        case .unknown(let name):
            "The database has the migration \(name), which this program does not know. Run a newer tollgate."
        case .pending(let names):
            "The database's schema is older than this program: \(names.joined(separator: ", ")) not applied. "
                + "Run: tollgate migrate"
        }
    }
}
