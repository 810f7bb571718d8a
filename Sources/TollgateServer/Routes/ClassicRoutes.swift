import HTTPTypes
import Hummingbird
import ObjectStorage
import TollgateCore

/// The three-step contract of the classic Django tutorial, for front ends written to it: the same service under its
/// paths and members. Trailing slashes may be missing.
struct ClassicRoutes: Sendable {
    let uploads: UploadService
    let files: FileService

    private static let roots = ["/api/upload", "/api/files/upload"]

    func register(on table: inout RouteTable) {
        for root in Self.roots {
            table.tenant(.post, root + "/direct/start", scope: .uploadsWrite, tokens: true) {
                request, context, identity in
                let start = try StartRequest(try await request.jsonObject(), classic: true)
                    .bound(to: identity.uploader)
                guard uploads.storage.uploadMethod == .post else { throw Self.noForms }
                let ticket = try await uploads.start(start.parse(), by: identity)
                guard case .post(let form) = ticket.signed else { throw Self.noForms }
                context.trace.set(LogKeys.uploadID, ticket.upload.id.description)
                return .json(ClassicTicket(id: ticket.upload.id, form: form))
            }
            table.tenant(.post, root + "/direct/finish", scope: .uploadsWrite, tokens: true) {
                request, context, identity in
                let id = try Self.fileID(await request.jsonObject())
                context.trace.set(LogKeys.uploadID, id.description)
                return .json(ClassicID(id: try await uploads.finish(id, by: identity).id))
            }
            table.tenant(.post, root + "/direct/local/{id}", scope: .uploadsWrite, tokens: true) {
                request, context, identity in
                .json(ClassicID(id: try await files.upload(request, for: context.uploadID(), by: identity).id))
            }
            table.tenant(.post, root + "/standard", scope: .uploadsWrite) { request, _, identity in
                .json(ClassicID(id: try await files.store(request, by: identity).id), status: .created)
            }
        }
    }

    /// The contract has no members for a PUT, and a front end written to it sends a form: it is told before room is held.
    private static let noForms = Problem(
        .invalidState,
        "The store takes no forms, and this contract knows nothing else: use POST /v1/uploads, or send the file to "
            + "/api/upload/standard/.")

    /// `{"file_id": "..."}`. What is no id names no upload.
    private static func fileID(_ object: JSONObject) throws -> UploadID {
        var members = MemberReader(object)
        let text = members.string("file_id", required: true)
        guard let text else { throw Problem.invalid(members.problems) }
        guard let id = UploadID(text) else { throw UploadError.notFound }
        return id
    }
}

private struct ClassicTicket: Answer {
    let id: UploadID
    let form: PresignedPost

    func write(to json: inout JSONWriter) {
        json.member("id", id.description)
        json.member("url", form.url)
        json.object("fields") { fields in
            for field in form.fields { fields.member(field.name, field.value) }
        }
    }
}

private struct ClassicID: Answer {
    let id: UploadID

    func write(to json: inout JSONWriter) { json.member("id", id.description) }
}
