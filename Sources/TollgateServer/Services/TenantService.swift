package import Foundation
package import Ledger
package import TollgateCore

/// Makes, lists and changes tenants.
package struct TenantService: Sendable {
    private let ledger: Ledger
    private let keys: KeyService

    package init(ledger: Ledger, keys: KeyService) {
        self.ledger = ledger
        self.keys = keys
    }

    /// Makes a tenant with its first admin key.
    /// - Throws: `LedgerError.slugTaken`.
    package func create(
        slug: Slug, name: TenantName, limits: TenantLimits, at now: Date
    ) async throws -> (tenant: Tenant, key: IssuedKey) {
        var random = SystemRandomNumberGenerator()
        var ids = UUIDv7Sequence()
        let tenant = Tenant(
            id: TenantID(ids.next(now: now, using: &random)), slug: slug, name: name, limits: limits, createdAt: now,
            suspendedAt: nil)
        let key = try await keys.issue(
            tenant: tenant.id, name: try APIKeyName("admin"), scopes: .tenantAdmin, at: now)
        try await ledger.createTenant(tenant, firstKey: key.stored)
        return (tenant, key)
    }

    /// - Returns: nil where no tenant has this slug.
    package func find(_ slug: Slug) async throws -> Tenant? {
        try await ledger.tenant(slug: slug)
    }

    /// All tenants by slug, page by page.
    package func list(after: Slug? = nil, limit: Int) async throws -> [Tenant] {
        try await ledger.tenants(after: after, limit: limit)
    }

    package func usage(of tenant: TenantID, at now: Date) async throws -> TenantUsage {
        try await ledger.usage(of: tenant, at: now)
    }

    /// - Returns: nil where the tenant is gone.
    package func setLimits(_ limits: TenantLimits, of tenant: TenantID) async throws -> Tenant? {
        try await ledger.setLimits(limits, of: tenant)
    }

    /// Suspends at a moment, or resumes with nil.
    /// - Returns: nil where the tenant is gone.
    package func suspend(_ tenant: TenantID, at moment: Date?) async throws -> Tenant? {
        try await ledger.suspend(tenant, at: moment)
    }
}
