import HTTPTypes
import TollgateCore

/// The head of a start that asks for nothing beside it. What a header field could change is not wanted here, or known.
struct StartHead {
    let request: HTTPRequest
    let authorization: String
    let forwardedFor: [String]

    /// nil for any other request.
    init?(_ request: HTTPRequest) {
        guard request.method == .post, request.path == UploadRoutes.startPath else { return nil }
        var authorization: String?
        var isJSON = false
        var forwardedFor: [String] = []
        for field in request.headerFields {
            switch field.name.canonicalName {
            case "authorization":
                guard authorization == nil else { return nil }
                authorization = field.value
            case "content-type":
                guard !isJSON, TollgateCore.MediaType.isJSON(field.value) else { return nil }
                isJSON = true
            case "content-length":
                guard let length = Int(field.value), length <= StartLane.maximumBodyBytes else { return nil }
            case "x-forwarded-for":
                forwardedFor.append(field.value)
            case "connection":
                guard Self.keepsConnection(field.value) else { return nil }
            case "expect", "idempotency-key", "origin", "transfer-encoding", "upgrade": return nil
            default: break
            }
        }
        guard isJSON, let authorization else { return nil }
        self.request = request
        self.authorization = authorization
        self.forwardedFor = forwardedFor
    }

    /// Whether the connection is sure to go on after a request (RFC 9112, section 9.3).
    static func keepsConnection(_ request: HTTPRequest) -> Bool {
        request.headerFields[.connection].map(keepsConnection) ?? true
    }

    private static func keepsConnection(_ field: String) -> Bool { field.lowercased() == "keep-alive" }
}
