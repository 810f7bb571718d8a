package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// Inserts a tenant, its counters and its first key: all or nothing.
    /// - Throws: ``LedgerError/slugTaken(_:)``.
    package func createTenant(_ tenant: Tenant, firstKey: StoredAPIKey) async throws {
        do {
            try await pool.withTransaction { connection in
                let limits = tenant.limits
                _ = try await connection.query(
                    """
                    INSERT INTO tenants (
                        id, slug, name, created_at, max_file_bytes, min_file_bytes, allowed_types,
                        storage_quota_bytes, object_quota, monthly_upload_quota_bytes, max_pending_uploads,
                        url_expiry_seconds, undeclared_url_expiry_seconds, requests_per_second, unfinished,
                        verify_content)
                    VALUES (
                        \(tenant.id.rawValue), \(tenant.slug.rawValue), \(tenant.name.rawValue), \(tenant.createdAt),
                        \(orNull: limits.maximumFileBytes), \(limits.minimumFileBytes), \(limits.allowedTypes.map(\.description)),
                        \(orNull: limits.storageQuotaBytes), \(orNull: limits.objectQuota), \(orNull: limits.monthlyUploadQuotaBytes),
                        \(orNull: limits.maximumPendingUploads), \(Int32(limits.urlExpirySeconds)),
                        \(Int32(limits.undeclaredURLExpirySeconds)), \(orNull: limits.requestsPerSecond.map(Int32.init)),
                        \(limits.unfinished.rawValue), \(limits.verifyContent.rawValue))
                    """)
                _ = try await connection.query("INSERT INTO tenant_usage (tenant_id) VALUES (\(tenant.id.rawValue))")
                try await Self.insert(firstKey, connection)
            }
        } catch let error as PostgresError where error.constraint == "tenants_slug_taken" {
            throw LedgerError.slugTaken(tenant.slug.rawValue)
        }
    }

    package func tenant(_ id: TenantID) async throws -> Tenant? {
        try await pool.query("SELECT \(Tenant.columns) FROM tenants WHERE id = \(id.rawValue)").first.map(
            Tenant.init(row:))
    }

    package func tenant(slug: Slug) async throws -> Tenant? {
        try await pool.query(
            "SELECT \(Tenant.columns) FROM tenants WHERE slug = \(slug.rawValue)"
        ).first.map(Tenant.init(row:))
    }

    /// A page of all tenants, by slug.
    /// - Parameters:
    ///   - after: the last slug of the page before; nil for the first page.
    ///   - limit: how many at most.
    /// - Returns: at most `limit` tenants; fewer at the end.
    /// - Throws: `PostgresError`.
    package func tenants(after: Slug?, limit: Int) async throws -> [Tenant] {
        try await pool.query(
            """
            SELECT \(Tenant.columns) FROM tenants
            WHERE \(orNull: after?.rawValue)::text IS NULL OR slug > \(orNull: after?.rawValue)::text
            ORDER BY slug
            LIMIT \(Int64(limit))
            """
        ).map(Tenant.init(row:))
    }

    /// Replaces a tenant's limits.
    /// - Returns: nil where there is no such tenant.
    package func setLimits(_ limits: TenantLimits, of tenant: TenantID) async throws -> Tenant? {
        try await pool.query(
            """
            UPDATE tenants
            SET max_file_bytes = \(orNull: limits.maximumFileBytes),
                min_file_bytes = \(limits.minimumFileBytes),
                allowed_types = \(limits.allowedTypes.map(\.description)),
                storage_quota_bytes = \(orNull: limits.storageQuotaBytes),
                object_quota = \(orNull: limits.objectQuota),
                monthly_upload_quota_bytes = \(orNull: limits.monthlyUploadQuotaBytes),
                max_pending_uploads = \(orNull: limits.maximumPendingUploads),
                url_expiry_seconds = \(Int32(limits.urlExpirySeconds)),
                undeclared_url_expiry_seconds = \(Int32(limits.undeclaredURLExpirySeconds)),
                requests_per_second = \(orNull: limits.requestsPerSecond.map(Int32.init)),
                unfinished = \(limits.unfinished.rawValue),
                verify_content = \(limits.verifyContent.rawValue)
            WHERE id = \(tenant.rawValue)
            RETURNING \(Tenant.columns)
            """
        ).first.map(Tenant.init(row:))
    }

    /// Suspends or, with nil, resumes a tenant. A suspension that stands keeps its first moment.
    /// - Returns: nil where there is no such tenant.
    package func suspend(_ tenant: TenantID, at moment: Date?) async throws -> Tenant? {
        try await pool.query(
            """
            UPDATE tenants
            SET suspended_at = CASE
                WHEN \(orNull: moment)::timestamptz IS NULL THEN NULL
                ELSE COALESCE(suspended_at, \(orNull: moment)::timestamptz) END
            WHERE id = \(tenant.rawValue)
            RETURNING \(Tenant.columns)
            """
        ).first.map(Tenant.init(row:))
    }
}
