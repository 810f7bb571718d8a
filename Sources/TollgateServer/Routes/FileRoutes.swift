import HTTPTypes
import Hummingbird
import TollgateCore

/// `/v1/files`: files whose bytes pass through the gateway.
struct FileRoutes: Sendable {
    let files: FileService

    func register(on table: inout RouteTable) {
        table.tenant(.post, "/v1/files", scope: .uploadsWrite) { request, context, identity in
            let upload = try await files.store(request, by: identity)
            context.trace.set(LogKeys.uploadID, upload.id.description)
            return .json(upload, status: .created)
        }
        table.tenant(.put, "/v1/files/{id}", scope: .uploadsWrite) { request, context, identity in
            .json(try await files.replace(request, for: context.uploadID(), by: identity))
        }
    }
}
