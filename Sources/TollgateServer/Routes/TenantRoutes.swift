import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import TollgateCore

/// `/v1/tenant` and `/v1/usage`: what a tenant sees of itself.
struct TenantRoutes: Sendable {
    let ledger: Ledger
    let now: @Sendable () -> Date

    func register(on table: inout RouteTable) {
        table.tenant(.get, "/v1/tenant", scope: nil) { _, _, identity in
            let usage = try await ledger.usage(of: identity.tenant.id, at: now())
            return .json(TenantAnswer(tenant: identity.tenant, usage: usage))
        }
        table.tenant(.get, "/v1/usage", scope: .usageRead) { _, _, identity in
            let now = now()
            return .json(UsageAnswer(usage: try await ledger.usage(of: identity.tenant.id, at: now), asOf: now))
        }
    }
}
