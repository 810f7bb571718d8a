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
        slug: Slug, name: TenantName, limits: TenantLimits, by origin: ChangeOrigin, at now: Date
    ) async throws -> (tenant: Tenant, key: IssuedKey) {
        var random = SystemRandomNumberGenerator()
        var ids = UUIDv7Sequence()
        let tenant = Tenant(
            id: TenantID(ids.next(now: now, using: &random)), slug: slug, name: name, limits: limits, createdAt: now,
            suspendedAt: nil)
        let key = try await keys.issue(
            tenant: tenant.id, name: try APIKeyName("admin"), scopes: .tenantAdmin,
            createdBy: origin.actor.keyID, at: now)
        try await ledger.createTenant(tenant, firstKey: key.stored, by: origin)
        return (tenant, key)
    }

    /// - Returns: nil where no tenant has this slug.
    package func find(_ slug: Slug) async throws -> Tenant? {
        try await ledger.tenant(slug: slug)
    }

    /// - Returns: nil where there is no such tenant.
    package func find(_ id: TenantID) async throws -> Tenant? {
        try await ledger.tenant(id)
    }

    /// All tenants by slug with what they have in use, page by page.
    package func listWithUsage(
        after: Slug?, limit: Int, at now: Date
    ) async throws -> [(tenant: Tenant, usage: TenantUsage)] {
        try await ledger.tenantsWithUsage(after: after, limit: limit, at: now)
    }

    /// All tenants by slug, page by page.
    package func list(after: Slug? = nil, limit: Int) async throws -> [Tenant] {
        try await ledger.tenants(after: after, limit: limit)
    }

    package func usage(of tenant: TenantID, at now: Date) async throws -> TenantUsage {
        try await ledger.usage(of: tenant, at: now)
    }

    /// Changes what `change` changes, by the tenant as it is at that moment.
    /// - Returns: nil where the tenant is gone.
    /// - Throws: `InvalidMembers` for limits that do not go together.
    package func change(
        _ tenant: TenantID, by origin: ChangeOrigin, at now: Date, _ change: TenantChange
    ) async throws -> Tenant? {
        try await ledger.changeTenant(tenant, by: origin, at: now) { try change.applied(to: $0, at: now) }
    }
}

/// What is to become of a tenant; nil leaves a thing as it is.
package struct TenantChange: Sendable {
    package var name: TenantName?
    package var limits: (@Sendable (TenantLimits) throws -> TenantLimits)?
    package var suspended: Bool?

    package init(
        name: TenantName? = nil, limits: (@Sendable (TenantLimits) throws -> TenantLimits)? = nil,
        suspended: Bool? = nil
    ) {
        self.name = name
        self.limits = limits
        self.suspended = suspended
    }

    /// A suspension that stands keeps its first moment.
    func applied(to tenant: Tenant, at now: Date) throws -> Tenant {
        let suspendedAt =
            switch suspended {
            case nil: tenant.suspendedAt
            case true?: tenant.suspendedAt ?? now
            case false?: Date?.none
            }
        return Tenant(
            id: tenant.id, slug: tenant.slug, name: name ?? tenant.name,
            limits: try limits?(tenant.limits) ?? tenant.limits, createdAt: tenant.createdAt, suspendedAt: suspendedAt)
    }
}
