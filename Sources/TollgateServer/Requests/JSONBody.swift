import HTTPTypes
import Hummingbird
import NIOCore
import TollgateCore

extension Request {
    /// The largest request body except where files travel, in bytes.
    static let maximumBodyBytes = 64 * 1024

    /// The body as a JSON object.
    /// - Throws: ``Problem``: 415 for another media type, 413 for more than 64 KiB, 400 for what is no JSON.
    func jsonObject() async throws -> JSONObject {
        guard hasJSONBody else {
            throw Problem(.unsupportedMediaType, "The body must be sent as Content-Type: application/json.")
        }
        let bytes = try await collectBody()
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw Problem(.malformedRequest, "The body is not JSON: \(error.reason.rawValue), at byte \(error.offset).")
        }
        guard case .object(let object) = value else {
            throw Problem(.malformedRequest, "The body must be a JSON object.")
        }
        return object
    }

    /// For a call that takes no members: no body, or an empty JSON object.
    /// - Throws: as ``jsonObject()``; 422 that names the member nobody asked for.
    func refuseMembers() async throws {
        var members = MemberReader(try await optionalJSONObject())
        members.refuseUnknown()
        guard members.problems.isEmpty else { throw Problem.invalid(members.problems) }
    }

    /// The body as a JSON object; an empty one where there is no body.
    /// - Throws: as ``jsonObject()``.
    func optionalJSONObject() async throws -> JSONObject {
        // Without either header there is no body (RFC 9112, section 6.3).
        guard headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0" else {
            return JSONObject(members: [])
        }
        return try await jsonObject()
    }

    /// Whether the body says that it is `application/json`; parameters play no part.
    private var hasJSONBody: Bool {
        headers[.contentType].map(TollgateCore.MediaType.isJSON) ?? false
    }

    private func collectBody() async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > Self.maximumBodyBytes {
            throw Self.tooLarge
        }
        do {
            return Array(buffer: try await body.collect(upTo: Self.maximumBodyBytes))
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge
        }
    }

    private static var tooLarge: Problem {
        Problem(.requestTooLarge, "The body has more than \(maximumBodyBytes) bytes.")
    }
}
