import Foundation
import Ledger
import TollgateCore

/// Changes whose origin is not what a test is about.
extension Ledger {
    static let console = ChangeOrigin(actor: .console(user: "test"))

    func createTenant(_ tenant: Tenant, firstKey: StoredAPIKey) async throws {
        try await createTenant(tenant, firstKey: firstKey, by: Self.console)
    }

    func insert(_ key: StoredAPIKey) async throws {
        try await insert(key, by: Self.console, at: key.createdAt)
    }

    @discardableResult
    func revoke(_ id: APIKeyID, of tenant: TenantID?, at now: Date) async throws -> StoredAPIKey? {
        try await revoke(id, of: tenant, keepingAdmin: false, by: Self.console, at: now)
    }

    @discardableResult
    func setLimits(_ limits: TenantLimits, of tenant: TenantID) async throws -> Tenant? {
        try await changeTenant(tenant, by: Self.console, at: KeyFixture.now) { before in
            Tenant(
                id: before.id, slug: before.slug, name: before.name, limits: limits, createdAt: before.createdAt,
                suspendedAt: before.suspendedAt)
        }
    }

    @discardableResult
    func suspend(_ tenant: TenantID, at moment: Date?) async throws -> Tenant? {
        try await changeTenant(tenant, by: Self.console, at: KeyFixture.now) { before in
            Tenant(
                id: before.id, slug: before.slug, name: before.name, limits: before.limits,
                createdAt: before.createdAt, suspendedAt: moment)
        }
    }
}
