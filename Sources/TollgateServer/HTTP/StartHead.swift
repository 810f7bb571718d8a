import NIOHTTP1
import TollgateCore

/// The head of a start that asks for nothing beside it. What a header field could change is not wanted here, or known.
///
/// Names and values are as they came. Where the server behind would read one otherwise, without a blank at its end for
/// one, the request is left to it.
struct StartHead {
    let request: HTTPRequestHead
    let authorization: String
    let forwardedFor: [String]

    /// nil for any other request.
    init?(_ request: HTTPRequestHead) {
        guard request.method == .POST, request.uri == UploadRoutes.startPath, request.version == .http1_1 else {
            return nil
        }
        var authorization: String?
        var isJSON = false
        var forwardedFor: [String] = []
        for (name, value) in request.headers {
            switch name.lowercased() {
            case "authorization":
                guard authorization == nil else { return nil }
                authorization = value
            case "content-type":
                guard !isJSON, TollgateCore.MediaType.isJSON(value) else { return nil }
                isJSON = true
            case "content-length":
                guard let length = Int(value), length <= StartLane.maximumBodyBytes else { return nil }
            case "x-forwarded-for":
                forwardedFor.append(value)
            case "connection":
                guard Self.keepsConnection(value) else { return nil }
            case "expect", "idempotency-key", "origin", "transfer-encoding", "upgrade": return nil
            default: break
            }
        }
        guard isJSON, let authorization else { return nil }
        self.request = request
        self.authorization = authorization
        self.forwardedFor = forwardedFor
    }

    /// Whether the connection is sure to go on after a request, or an answer (RFC 9112, sections 9.3 and 9.6).
    static func keepsConnection(_ headers: HTTPHeaders) -> Bool {
        headers["connection"].allSatisfy(keepsConnection)
    }

    private static func keepsConnection(_ field: String) -> Bool { field.lowercased() == "keep-alive" }
}
