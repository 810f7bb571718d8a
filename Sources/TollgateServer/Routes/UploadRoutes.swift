import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import TollgateCore

/// `/v1/uploads`: start, check, show, list, finish, renew, url, delete.
struct UploadRoutes: Sendable {
    let uploads: UploadService
    let downloads: DownloadService

    /// Of a start, which the ``StartLane`` knows as well.
    static let startPath = "/v1/uploads"
    static let startScope = Scope.uploadsWrite

    func register(on table: inout RouteTable) {
        table.tenant(.post, Self.startPath, scope: Self.startScope, tokens: true) { request, context, identity in
            let key = try request.idempotencyKey()
            let start = try StartRequest(try await request.jsonObject()).bound(to: identity.uploader).parse()
            let ticket =
                if let key {
                    try await uploads.start(start, by: identity, key: IdempotencyKey(key, for: start, by: identity))
                } else {
                    try await uploads.start(start, by: identity)
                }
            context.trace.set(LogKeys.uploadID, ticket.upload.id.description)
            return .json(ticket, status: .created)
        }
        table.tenant(.post, "/v1/uploads/check", scope: .uploadsWrite, tokens: true) { request, _, identity in
            let start = try StartRequest(try await request.jsonObject()).bound(to: identity.uploader)
            return .json(try await check(start, by: identity))
        }
        table.tenant(.get, "/v1/uploads", scope: .uploadsRead) { request, _, identity in
            let page = try UploadPage(request)
            return .json(try await list(page, of: identity.tenant.id))
        }
        table.tenant(.get, "/v1/uploads/{id}", scope: .uploadsRead, tokens: true) { _, context, identity in
            .json(try await uploads.upload(context.uploadID(), by: identity))
        }
        table.tenant(.delete, "/v1/uploads/{id}", scope: .uploadsDelete, tokens: true) { _, context, identity in
            try await uploads.remove(context.uploadID(), by: identity)
            return Response(status: .noContent)
        }
        table.tenant(.post, "/v1/uploads/{id}/finish", scope: .uploadsWrite, tokens: true) {
            request, context, identity in
            try await request.refuseMembers()
            return .json(try await uploads.finish(context.uploadID(), by: identity))
        }
        table.tenant(.post, "/v1/uploads/{id}/renew", scope: .uploadsWrite, tokens: true) {
            request, context, identity in
            try await request.refuseMembers()
            return .json(try await uploads.renew(context.uploadID(), by: identity))
        }
        table.tenant(.get, "/v1/uploads/{id}/url", scope: .uploadsRead) { request, context, identity in
            let options = try DownloadOptions(request)
            return .json(try await downloads.url(for: context.uploadID(), of: identity.tenant.id, options))
        }
    }

    /// The same tests as a start, in the same order, with nothing reserved.
    private func check(_ start: StartRequest, by identity: Identity) async throws -> CheckAnswer {
        let policy = uploads.policy(of: identity)
        let refusals = start.refusals(under: policy)
        guard refusals.isEmpty else { return CheckAnswer(problems: refusals.map { Problem($0) }) }
        do {
            try await uploads.checkQuota(policy.plan(start.parse()), of: identity.tenant.id)
            return CheckAnswer(problems: [])
        } catch let exceeded as QuotaExceeded {
            return CheckAnswer(problems: [Problem(exceeded)])
        }
    }

    private func list(_ page: UploadPage, of tenant: TenantID) async throws -> UploadList {
        // One more than asked for tells whether there is a next page.
        let found = try await uploads.ledger.uploads(
            of: tenant, status: page.status, uploadedBy: page.uploadedBy, before: page.before, limit: page.limit + 1)
        let shown = Array(found.prefix(page.limit))
        return UploadList(uploads: shown, next: found.count > page.limit ? shown.last?.id : nil)
    }
}

extension GatewayContext {
    /// The path's `{id}` as an upload's. What is no id names no upload: 404, not 400.
    func uploadID() throws -> UploadID {
        guard let id = parameters.get("id").flatMap({ UploadID($0) }) else { throw UploadError.notFound }
        trace.set(LogKeys.uploadID, id.description)
        return id
    }
}
