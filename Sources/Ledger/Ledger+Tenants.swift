package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// Inserts a tenant, its counters and its first key: all or nothing.
    /// - Throws: ``LedgerError/slugTaken(_:)``, ``LedgerError/actorEnded``.
    package func createTenant(_ tenant: Tenant, firstKey: StoredAPIKey, by origin: ChangeOrigin) async throws {
        do {
            try await pool.withTransaction { connection in
                try await Self.requireStanding(of: origin.actor, at: tenant.createdAt, connection)
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
                try await record(
                    [.created(tenant), .created(firstKey)], by: origin, at: tenant.createdAt, connection)
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

    /// The same page with what each tenant has in use.
    package func tenantsWithUsage(
        after: Slug?, limit: Int, at now: Date
    ) async throws -> [(tenant: Tenant, usage: TenantUsage)] {
        let month = UsageMonth(now)
        return try await pool.query(
            """
            SELECT \(Tenant.columns), u.used_bytes, u.used_objects, u.reserved_bytes, u.reserved_objects,
                u.pending_uploads,
                CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END
                    AS month_upload_bytes
            FROM tenants
            JOIN tenant_usage AS u ON u.tenant_id = tenants.id
            WHERE \(orNull: after?.rawValue)::text IS NULL OR slug > \(orNull: after?.rawValue)::text
            ORDER BY slug
            LIMIT \(Int64(limit))
            """
        ).map { row in (try Tenant(row: row), try TenantUsage(row: row)) }
    }

    /// Changes a tenant's name, limits or suspension, by what they are at this moment: two changes at the same time
    /// lose nothing of each other.
    /// - Parameters:
    ///   - id: which tenant.
    ///   - origin: by whom.
    ///   - now: this moment.
    ///   - change: the tenant as it should be; its id and slug stay.
    /// - Returns: the tenant as it is now; nil where there is none.
    /// - Throws: what `change` throws; ``LedgerError/actorEnded``; `PostgresError`.
    package func changeTenant(
        _ id: TenantID, by origin: ChangeOrigin, at now: Date, _ change: @Sendable (Tenant) throws -> Tenant
    ) async throws -> Tenant? {
        try await pool.withTransaction { connection in
            let row = try await connection.query(
                "SELECT \(Tenant.columns) FROM tenants WHERE id = \(id.rawValue) FOR NO KEY UPDATE"
            ).first
            try await Self.requireStanding(of: origin.actor, at: now, connection)
            guard let before = try row.map(Tenant.init(row:)) else { return nil }
            let wanted = try change(before)
            let changes = AuditedChange.changes(from: before, to: wanted)
            guard !changes.isEmpty else { return before }
            try await record(changes, by: origin, at: now, connection)
            return try await Self.update(wanted, connection)
        }
    }

    private static func update(_ tenant: Tenant, _ connection: isolated PostgresConnection) async throws -> Tenant? {
        let limits = tenant.limits
        return try await connection.query(
            """
            UPDATE tenants
            SET name = \(tenant.name.rawValue),
                suspended_at = \(orNull: tenant.suspendedAt),
                max_file_bytes = \(orNull: limits.maximumFileBytes),
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
            WHERE id = \(tenant.id.rawValue)
            RETURNING \(Tenant.columns)
            """
        ).first.map(Tenant.init(row:))
    }
}
