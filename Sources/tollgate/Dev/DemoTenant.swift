import Foundation
import Ledger
import TollgateCore
import TollgateServer

/// The tenant `demo` and the keys to try things with.
struct DemoTenant {
    let tenants: TenantService
    let keys: KeyService
    let ledger: Ledger

    /// The keys of an earlier run while they hold, else new ones.
    func prepare(_ directory: DevDirectory) async throws -> DevKeys {
        try directory.removeEnvironment()
        guard let slug = Slug("demo") else { preconditionFailure("demo is a slug") }
        let kept = try directory.loadKeys()
        let tenant = try await tenants.find(slug)
        let demo: String
        if let tenant, let key = kept?.demo, try await holds(key, for: tenant.id) {
            demo = key
        } else if let tenant {
            let key = try await keys.create(
                tenant: tenant.id, name: try APIKeyName("dev"), scopes: .tenantAdmin, by: .console, at: Date())
            demo = key.secret.reveal()
        } else {
            let made = try await tenants.create(
                slug: slug, name: try TenantName("Demo"), limits: .standard, by: .console, at: Date())
            demo = made.key.secret.reveal()
        }
        let platformOperator: String
        if let key = kept?.platformOperator, try await holds(key, for: nil) {
            platformOperator = key
        } else {
            let key = try await keys.create(
                tenant: nil, name: try APIKeyName("dev"), scopes: .platformOperator, by: .console, at: Date())
            platformOperator = key.secret.reveal()
        }
        let result = DevKeys(demo: demo, platformOperator: platformOperator)
        try directory.save(result)
        return result
    }

    /// Whether the database still has this key, and it was not revoked.
    private func holds(_ key: String, for tenant: TenantID?) async throws -> Bool {
        guard let found = try await ledger.apiKey(publicID: try APIKey(parsing: key).publicID) else { return false }
        return found.key.tenantID == tenant && found.key.isValid(at: Date())
    }
}
