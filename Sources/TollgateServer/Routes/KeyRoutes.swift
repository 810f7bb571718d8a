import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import TollgateCore

/// `/v1/keys` and `/v1/audit`: what a tenant's admin does with its keys, and what was done.
struct KeyRoutes: Sendable {
    let keys: KeyService
    let ledger: Ledger
    /// Of keys and of tokens' keys. Other gateways hear of a change a moment later; this one knows it with its answer.
    let caches: [KeyCache]
    let now: @Sendable () -> Date

    func register(on table: inout RouteTable) {
        table.tenant(.post, "/v1/keys", scope: .keysManage) { request, context, identity in
            let now = now()
            let wanted = try NewKeyRequest(try await request.jsonObject(), at: now)
            let key = try await keys.create(
                wanted.name, wanted.grant, by: identity, from: context.origin(identity), at: now)
            return .json(key, status: .created)
        }
        table.tenant(.get, "/v1/keys", scope: .keysManage) { request, _, identity in
            let page = try Page(request) { APIKeyID($0) }
            let found = try await ledger.apiKeys(of: identity.tenant.id, before: page.after, limit: page.limit + 1)
            let shown = Array(found.prefix(page.limit))
            return .json(KeyList(keys: shown, next: found.count > page.limit ? shown.last?.id : nil))
        }
        table.tenant(.get, "/v1/keys/{id}", scope: .keysManage) { _, context, identity in
            guard let key = try await ledger.apiKey(context.targetKey(), of: identity.tenant.id) else {
                throw Problem.notFound
            }
            return .json(key)
        }
        table.tenant(.post, "/v1/keys/{id}/rotate", scope: .keysManage) { request, context, identity in
            let id = try context.targetKey()
            let wanted = try RotateRequest(try await request.optionalJSONObject())
            let key = try await keys.rotate(
                id, overlap: wanted.overlap, by: identity, from: context.origin(identity), at: now())
            guard let key else { throw Problem.notFound }
            caches.forgetRows(of: .tenant(identity.tenant.id))
            return .json(key, status: .created)
        }
        table.tenant(.delete, "/v1/keys/{id}", scope: .keysManage) { _, context, identity in
            let id = try context.targetKey()
            guard try await keys.revoke(id, by: identity, from: context.origin(identity), at: now()) != nil else {
                throw Problem.notFound
            }
            caches.forgetRows(of: .tenant(identity.tenant.id))
            return Response(status: .noContent)
        }
        table.tenant(.get, "/v1/audit", scope: .keysManage) { request, _, identity in
            let page = try Page(request) { AuditEntryID($0) }
            let found = try await ledger.auditEntries(
                of: identity.tenant.id, before: page.after, limit: page.limit + 1)
            let shown = Array(found.prefix(page.limit))
            return .json(AuditPage(entries: shown, next: found.count > page.limit ? shown.last?.id : nil))
        }
    }
}

extension GatewayContext {
    /// The path's `{id}` as a key's. What is no id names no key.
    fileprivate func targetKey() throws -> APIKeyID {
        guard let id = parameters.get("id").flatMap({ APIKeyID($0) }) else { throw Problem.notFound }
        return id
    }
}
