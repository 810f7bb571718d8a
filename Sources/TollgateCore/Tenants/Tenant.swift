package import Foundation

/// A customer of the platform: an object key prefix, limits, and counters of its own.
package struct Tenant: Sendable, Equatable {
    package let id: TenantID
    package let slug: Slug
    package let name: TenantName
    package let limits: TenantLimits
    package let createdAt: Date
    package let suspendedAt: Date?

    package init(id: TenantID, slug: Slug, name: TenantName, limits: TenantLimits, createdAt: Date, suspendedAt: Date?)
    {
        self.id = id
        self.slug = slug
        self.name = name
        self.limits = limits
        self.createdAt = createdAt
        self.suspendedAt = suspendedAt
    }
}
