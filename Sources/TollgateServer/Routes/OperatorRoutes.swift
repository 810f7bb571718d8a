import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import TollgateCore

/// `/v1/tenants`: the platform's tenants, for its operator.
struct OperatorRoutes: Sendable {
    let tenants: TenantService
    let keys: KeyService
    /// Of keys and of tokens' keys. Other gateways hear of a change a moment later; this one knows it with its answer.
    let caches: [KeyCache]
    let now: @Sendable () -> Date

    func register(on table: inout RouteTable) {
        table.operator(.post, "/v1/tenants") { request, context, identity in
            let wanted = try NewTenantRequest(try await request.jsonObject())
            let now = now()
            let made = try await tenants.create(
                slug: wanted.slug, name: wanted.name, limits: wanted.limits, by: context.origin(identity), at: now)
            context.trace.set(LogKeys.tenantID, made.tenant.id.description)
            return .json(try await answer(made.tenant, key: made.key, at: now), status: .created)
        }
        table.operator(.get, "/v1/tenants") { request, _, _ in
            let page = try Page(request) { Slug($0) }
            let found = try await tenants.listWithUsage(after: page.after, limit: page.limit + 1, at: now())
            let shown = found.prefix(page.limit)
            return .json(
                TenantList(
                    tenants: shown.map { TenantAnswer(tenant: $0.tenant, usage: $0.usage) },
                    next: found.count > page.limit ? shown.last?.tenant.slug : nil))
        }
        table.operator(.get, "/v1/tenants/{id}") { _, context, _ in
            guard let tenant = try await tenants.find(context.targetTenant()) else { throw Problem.notFound }
            return .json(try await answer(tenant, at: now()))
        }
        table.operator(.patch, "/v1/tenants/{id}") { request, context, identity in
            let id = try context.targetTenant()
            let change = try TenantChange(try await request.jsonObject())
            let now = now()
            guard let tenant = try await tenants.change(id, by: context.origin(identity), at: now, change) else {
                throw Problem.notFound
            }
            caches.forgetRows(of: .tenant(id))
            return .json(try await answer(tenant, at: now))
        }
        table.operator(.post, "/v1/tenants/{id}/keys") { request, context, identity in
            let id = try context.targetTenant()
            let wanted = try RecoveryKeyRequest(try await request.optionalJSONObject())
            guard try await tenants.find(id) != nil else { throw Problem.notFound }
            let key = try await keys.create(
                tenant: id, name: try wanted.name ?? APIKeyName("admin"), scopes: .tenantAdmin,
                by: context.origin(identity), at: now())
            return .json(key, status: .created)
        }
    }

    private func answer(_ tenant: Tenant, key: IssuedKey? = nil, at now: Date) async throws -> TenantAnswer {
        TenantAnswer(tenant: tenant, usage: try await tenants.usage(of: tenant.id, at: now), key: key)
    }
}

extension GatewayContext {
    /// The path's `{id}` as a tenant's. What is no id names no tenant.
    fileprivate func targetTenant() throws -> TenantID {
        guard let id = parameters.get("id").flatMap({ TenantID($0) }) else { throw Problem.notFound }
        trace.set(LogKeys.tenantID, id.description)
        return id
    }
}
