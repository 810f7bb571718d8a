package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// A key with the tenant it speaks for, as one look-up by the key's public part.
    /// - Returns: nil for an unknown one. Revoked and expired keys are returned: the caller judges.
    package func apiKey(publicID: APIKeyPublicID) async throws -> (key: StoredAPIKey, tenant: Tenant?)? {
        let rows = try await pool.query(
            """
            SELECT \(StoredAPIKey.columns), \(Tenant.joinedColumns)
            FROM api_keys
            LEFT JOIN tenants ON tenants.id = api_keys.tenant_id
            WHERE api_keys.public_id = \(publicID.rawValue)
            """)
        guard let row = rows.first else { return nil }
        let key = try StoredAPIKey(row: row)
        return (key, try key.tenantID.map { _ in try Tenant(row: row, prefix: "tenant_row_") })
    }

    /// One key of a tenant, ended or not; nil where this tenant has none of that id.
    package func apiKey(_ id: APIKeyID, of tenant: TenantID) async throws -> StoredAPIKey? {
        try await read(for: tenant, Self.selectKey(id, of: tenant)).first.map(StoredAPIKey.init(row:))
    }

    private static func apiKey(
        _ id: APIKeyID, of tenant: TenantID?, _ connection: isolated PostgresConnection
    ) async throws -> StoredAPIKey? {
        try await connection.query(selectKey(id, of: tenant)).first.map(StoredAPIKey.init(row:))
    }

    private static func selectKey(_ id: APIKeyID, of tenant: TenantID?) -> SQL {
        """
        SELECT \(StoredAPIKey.columns) FROM api_keys
        WHERE id = \(id.rawValue) AND tenant_id IS NOT DISTINCT FROM \(orNull: tenant?.rawValue)
        """
    }

    /// - Throws: ``LedgerError/actorEnded`` where the key that makes this one does not hold any more.
    package func insert(_ key: StoredAPIKey, by origin: ChangeOrigin, at now: Date) async throws {
        try await pool.withTransaction { connection in
            try await Self.lockKeys(of: key.tenantID, connection)
            try await Self.requireStanding(of: origin.actor, at: now, connection)
            try await Self.insert(key, connection)
            try await record([.created(key)], by: origin, at: now, connection)
        }
    }

    static func insert(_ key: StoredAPIKey, _ connection: PostgresConnection) async throws {
        _ = try await connection.query(
            """
            INSERT INTO api_keys (
                id, public_id, tenant_id, name, hash, scopes, max_file_bytes, allowed_types, created_at, created_by,
                expires_at)
            VALUES (
                \(key.id.rawValue), \(key.publicID.rawValue), \(orNull: key.tenantID?.rawValue), \(key.name), \(key.hash),
                \(key.scopes.names), \(orNull: key.constraints.maximumFileBytes),
                \(orNull: key.constraints.allowedTypes.map { $0.map(\.description) }), \(key.createdAt),
                \(orNull: key.createdBy?.rawValue), \(orNull: key.expiresAt))
            """)
    }

    /// A tenant's keys, newest first; with nil the operator's.
    package func apiKeys(of tenant: TenantID?) async throws -> [StoredAPIKey] {
        try await pool.query(
            """
            SELECT \(StoredAPIKey.columns) FROM api_keys
            WHERE api_keys.tenant_id IS NOT DISTINCT FROM \(orNull: tenant?.rawValue)
            ORDER BY api_keys.id DESC
            """
        ).map(StoredAPIKey.init(row:))
    }

    /// A page of a tenant's keys, newest first.
    /// - Parameters:
    ///   - tenant: whose keys.
    ///   - before: the last id of the page before; nil for the first page.
    ///   - limit: how many at most.
    /// - Returns: at most `limit` keys; fewer at the end.
    /// - Throws: `PostgresError`.
    package func apiKeys(of tenant: TenantID, before: APIKeyID?, limit: Int) async throws -> [StoredAPIKey] {
        try await read(
            for: tenant,
            """
            SELECT \(StoredAPIKey.columns) FROM api_keys
            WHERE api_keys.tenant_id = \(tenant.rawValue)
                AND (\(orNull: before?.rawValue)::uuid IS NULL OR api_keys.id < \(orNull: before?.rawValue)::uuid)
            ORDER BY api_keys.id DESC
            LIMIT \(Int64(limit))
            """
        ).map(StoredAPIKey.init(row:))
    }

    /// Revokes a key; a revoked one keeps its first moment.
    /// - Parameters:
    ///   - id: which key.
    ///   - tenant: whose; nil: the operator's.
    ///   - keepingAdmin: whether a key that manages keys is refused where the tenant has no other that lasts as long.
    ///   - origin: by whom.
    ///   - now: this moment.
    /// - Returns: the key; nil where this tenant has none of that id.
    /// - Throws: ``LedgerError/lastAdminKey``, ``LedgerError/actorEnded``.
    package func revoke(
        _ id: APIKeyID, of tenant: TenantID?, keepingAdmin: Bool, by origin: ChangeOrigin, at now: Date
    ) async throws -> StoredAPIKey? {
        try await pool.withTransaction { connection in
            try await Self.lockKeys(of: tenant, connection)
            try await Self.requireStanding(of: origin.actor, at: now, connection)
            guard let key = try await Self.apiKey(id, of: tenant, connection) else { return nil }
            guard key.revokedAt == nil else { return key }
            if keepingAdmin, let tenant, key.scopes.contains(.keysManage), key.isValid(at: now),
                try await !Self.hasAdmin(tenant, besides: key, connection)
            {
                throw LedgerError.lastAdminKey
            }
            try await record([.revoked(key, at: now)], by: origin, at: now, connection)
            return try await connection.query(
                """
                UPDATE api_keys SET revoked_at = \(now)
                WHERE id = \(id.rawValue) AND tenant_id IS NOT DISTINCT FROM \(orNull: tenant?.rawValue)
                RETURNING \(StoredAPIKey.columns)
                """
            ).first.map(StoredAPIKey.init(row:))
        }
    }

    /// Puts a key in another's place; the old one ends at `end`, or sooner where it would anyhow.
    /// - Throws: ``LedgerError/keyEnded`` where the old one does not hold any more, ``LedgerError/actorEnded``.
    package func rotate(
        _ old: APIKeyID, of tenant: TenantID, to successor: StoredAPIKey, endingAt end: Date, by origin: ChangeOrigin,
        at now: Date
    ) async throws {
        try await pool.withTransaction { connection in
            try await Self.lockKeys(of: tenant, connection)
            try await Self.requireStanding(of: origin.actor, at: now, connection)
            guard let key = try await Self.apiKey(old, of: tenant, connection), key.isValid(at: now) else {
                throw LedgerError.keyEnded
            }
            let end = min(end, key.expiresAt ?? end)
            _ = try await connection.query(
                "UPDATE api_keys SET expires_at = \(end) WHERE id = \(old.rawValue) AND tenant_id = \(tenant.rawValue)")
            try await Self.insert(successor, connection)
            try await record(
                [.created(successor), .rotated(key, endingAt: end, successor: successor.id)], by: origin, at: now,
                connection)
        }
    }

    /// Changes of one tenant's keys go one after the other: what one of them sees holds until it commits. Statements
    /// after this one see what the one before has committed (PostgreSQL, "Read Committed Isolation Level").
    ///
    /// The lock leaves the foreign keys of uploads alone, so no upload waits for it ("Row-Level Locks").
    private static func lockKeys(of tenant: TenantID?, _ connection: isolated PostgresConnection) async throws {
        guard let tenant else { return }
        _ = try await connection.query("SELECT id FROM tenants WHERE id = \(tenant.rawValue) FOR NO KEY UPDATE")
    }

    /// Of two admins that revoke each other at the same time, the second has no say any more.
    static func requireStanding(
        of actor: AuditActor, at now: Date, _ connection: isolated PostgresConnection
    ) async throws {
        switch actor {
        case .console: return
        case .key(let id), .platformOperator(let id):
            let standing = try await connection.query(
                """
                SELECT id FROM api_keys
                WHERE id = \(id.rawValue) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))
                """)
            guard !standing.isEmpty else { throw LedgerError.actorEnded }
        }
    }

    /// Whether another key that manages keys lasts at least as long as this one, which still holds. One that ends sooner
    /// would only put off that the tenant has none.
    private static func hasAdmin(
        _ tenant: TenantID, besides key: StoredAPIKey, _ connection: isolated PostgresConnection
    ) async throws -> Bool {
        try await !connection.query(
            """
            SELECT id FROM api_keys
            WHERE tenant_id = \(tenant.rawValue) AND id <> \(key.id.rawValue)
                AND \(Scope.keysManage.rawValue) = ANY (scopes)
                AND revoked_at IS NULL
                AND (expires_at IS NULL OR expires_at >= \(orNull: key.expiresAt)::timestamptz)
            LIMIT 1
            """
        ).isEmpty
    }

    /// Gives a key another hash of the same secret, where it still has the one that the other was made for.
    ///
    /// - Returns: whether it has it now.
    package func replaceHash(of id: APIKeyID, _ old: String, with new: String) async throws -> Bool {
        try await pool.execute(
            "UPDATE api_keys SET hash = \(new) WHERE id = \(id.rawValue) AND hash = \(old)"
        ) == 1
    }

    /// Notes when keys were used last, in one statement for all of them.
    ///
    /// A key's row is written once a minute at most, whichever gateways saw it used; a moment that comes within a
    /// minute of the one that is kept is left out. So is a key whose row somebody else is changing right now: nobody
    /// has to wait for this, and two gateways that write the same keys cannot lock each other out.
    package func noteUse(_ moments: [APIKeyID: Date]) async throws {
        let moments = Array(moments)
        _ = try await pool.execute(
            """
            WITH used AS (
                SELECT * FROM unnest(\(moments.map(\.key.rawValue)), \(moments.map(\.value))) AS used (id, at)
            ), due AS (
                SELECT api_keys.id, used.at FROM used
                JOIN api_keys ON api_keys.id = used.id
                WHERE api_keys.last_used_at IS NULL OR api_keys.last_used_at <= used.at - interval '1 minute'
                FOR NO KEY UPDATE OF api_keys SKIP LOCKED
            )
            UPDATE api_keys SET last_used_at = due.at FROM due WHERE api_keys.id = due.id
            """)
    }
}
