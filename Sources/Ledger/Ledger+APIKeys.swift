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
}
