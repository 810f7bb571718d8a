import Postgres

/// The database role that gateways serve under: it reads and writes what a gateway must, and nothing else.
///
/// It has no DDL, cannot change what is append-only, and removes nothing that bills rest on, so that neither a fault nor
/// a stolen password of a gateway rewrites the ledger or the audit log. Source: PostgreSQL, "Privileges" and "Database
/// Roles".
struct ServingRole {
    let name: String

    /// What may be added to and read, never changed.
    private static let appendOnly: Set<String> = ["usage_entries", "audit_entries"]
    /// What only a migration writes.
    private static let readOnly: Set<String> = ["schema_migrations"]
    /// What changes and is never removed.
    private static let lasting: Set<String> = ["tenants", "tenant_usage", "api_keys", "uploads"]
    /// What is removed when its time is over.
    private static let passing: Set<String> = ["idempotency_keys"]
    /// All that the migrations make.
    static let tables = appendOnly.union(readOnly).union(lasting).union(passing)

    /// Gives the role exactly its privileges on Tollgate's tables in this schema, whatever it had; makes it, without login,
    /// where it is missing.
    /// - Throws: ``ServingRoleError`` where the role could not be kept from the rest.
    func grant(_ connection: isolated PostgresConnection) async throws {
        try await connection.withTransaction { connection in
            try await makeIfMissing(connection)
            let schema = try await schema(connection)
            _ = try await connection.query(
                "GRANT USAGE ON SCHEMA \(identifier: schema) TO \(identifier: name)")
            for table in try await tables(of: schema, connection) {
                let qualified: SQL = "\(identifier: schema).\(identifier: table)"
                _ = try await connection.query("REVOKE ALL ON \(qualified) FROM \(identifier: name)")
                _ = try await connection.query(
                    "GRANT \(Self.privileges(on: table)) ON \(qualified) TO \(identifier: name)")
            }
            try await requireNoMore(schema, connection)
        }
    }

    private static func privileges(on table: String) -> SQL {
        if readOnly.contains(table) { return "SELECT" }
        if appendOnly.contains(table) { return "SELECT, INSERT" }
        return lasting.contains(table) ? "SELECT, INSERT, UPDATE" : "SELECT, INSERT, UPDATE, DELETE"
    }

    private func makeIfMissing(_ connection: isolated PostgresConnection) async throws {
        let known = try await connection.query("SELECT rolname::text AS name FROM pg_roles WHERE rolname = \(name)")
        guard known.isEmpty else { return }
        do {
            _ = try await connection.query("CREATE ROLE \(identifier: name) NOLOGIN")
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            throw ServingRoleError.missing(name)
        }
    }

    private func schema(_ connection: isolated PostgresConnection) async throws -> String {
        let rows = try await connection.query("SELECT current_schema()::text AS name")
        return try rows.first?.decode("name", as: String?.self) ?? "public"
    }

    /// Tollgate's tables here that the migrating role may grant on; another program's in the same schema are left alone,
    /// also by a superuser.
    private func tables(of schema: String, _ connection: isolated PostgresConnection) async throws -> [String] {
        try await connection.query(
            """
            SELECT c.relname::text AS name
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = \(schema) AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE')
                AND c.relname::text = ANY (\(Self.tables.sorted()))
            ORDER BY c.relname
            """
        ).map { try $0.decode("name", as: String.self) }
    }

    /// Grants mean nothing to a superuser, an owner, or whoever may become one.
    private func requireNoMore(_ schema: String, _ connection: isolated PostgresConnection) async throws {
        let row = try await connection.query(
            """
            SELECT rolsuper OR pg_has_role(oid, CURRENT_USER, 'MEMBER')
                    OR EXISTS (
                        SELECT FROM pg_class AS c
                        JOIN pg_namespace AS n ON n.oid = c.relnamespace
                        WHERE n.nspname = \(schema) AND c.relname::text = ANY (\(Self.tables.sorted()))
                            AND pg_has_role(pg_roles.oid, c.relowner, 'MEMBER')) AS is_owner,
                rolcreaterole AS can_create_roles, rolbypassrls AS sees_all_rows,
                has_schema_privilege(oid, \(schema), 'CREATE') AS can_create
            FROM pg_roles WHERE rolname = \(name)
            """
        ).first
        guard let row else { throw ServingRoleError.missing(name) }
        if try row.decode("is_owner", as: Bool.self) { throw ServingRoleError.isOwner(name) }
        if try row.decode("can_create_roles", as: Bool.self) { throw ServingRoleError.canCreateRoles(name) }
        if try row.decode("sees_all_rows", as: Bool.self) { throw ServingRoleError.bypassesRowSecurity(name) }
        if try row.decode("can_create", as: Bool.self) { throw ServingRoleError.canCreate(name, schema: schema) }
    }
}

/// Why a role cannot be the one that gateways serve under.
package enum ServingRoleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It does not exist, and whoever migrates may not create roles.
    case missing(String)
    /// It owns the tables, may act as their owner, or is a superuser.
    case isOwner(String)
    /// It may create roles, and grant itself those of others (PostgreSQL, "Role Attributes").
    case canCreateRoles(String)
    /// The policies that show a tenant's reads its own rows mean nothing to it (PostgreSQL, "Row Security Policies").
    case bypassesRowSecurity(String)
    /// It may create tables in the schema.
    case canCreate(String, schema: String)

    package var description: String {
        switch self {
        case .missing(let name):
            "There is no role \(name), and this one may not create roles. Have an administrator run: "
                + "CREATE ROLE \(name) LOGIN"
        case .isOwner(let name):
            "The role \(name) is a superuser, or may act as the owner of the tables: nothing could be kept from it. "
                + "Name a role of its own."
        case .canCreateRoles(let name):
            "The role \(name) may create roles, and so become another one. Have an administrator run: "
                + "ALTER ROLE \(name) NOCREATEROLE"
        case .bypassesRowSecurity(let name):
            "The role \(name) passes row-level security. Have an administrator run: ALTER ROLE \(name) NOBYPASSRLS"
        case .canCreate(let name, let schema):
            "The role \(name) may create tables in the schema \(schema). Have its owner run: "
                + "REVOKE CREATE ON SCHEMA \(schema) FROM PUBLIC, \(name)"
        }
    }
}
