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

    package func insert(_ key: StoredAPIKey) async throws {
        try await pool.withConnection { connection in try await Self.insert(key, connection) }
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

    /// Revokes a key; a revoked one keeps its first moment.
    /// - Returns: the key; nil where this tenant has none of that id.
    package func revoke(_ id: APIKeyID, of tenant: TenantID?, at now: Date) async throws -> StoredAPIKey? {
        try await pool.query(
            """
            UPDATE api_keys SET revoked_at = COALESCE(revoked_at, \(now))
            WHERE id = \(id.rawValue) AND tenant_id IS NOT DISTINCT FROM \(orNull: tenant?.rawValue)
            RETURNING \(StoredAPIKey.columns)
            """
        ).first.map(StoredAPIKey.init(row:))
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
