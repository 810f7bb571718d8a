import HTTPTypes

/// The stable codes of errors, their HTTP status and their title. Programs act on these; they never change.
enum ProblemCode: String, CaseIterable, Sendable {
    case malformedRequest = "malformed-request"
    case unauthenticated
    case forbidden
    case tenantSuspended = "tenant-suspended"
    case quotaExceeded = "quota-exceeded"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case invalidState = "invalid-state"
    case objectMissing = "object-missing"
    case conflict
    case fileTooLarge = "file-too-large"
    case requestTooLarge = "request-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case invalidRequest = "invalid-request"
    case typeNotAllowed = "type-not-allowed"
    case uploadRejected = "upload-rejected"
    case idempotencyKeyReused = "idempotency-key-reused"
    case rateLimited = "rate-limited"
    case unavailable
    case internalError = "internal-error"

    var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden, .tenantSuspended, .quotaExceeded: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .invalidState, .objectMissing, .conflict: .conflict
        case .fileTooLarge, .requestTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidRequest, .typeNotAllowed, .uploadRejected, .idempotencyKeyReused: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    var title: String {
        switch self {
        case .malformedRequest: "The request cannot be read"
        case .unauthenticated: "Credentials are missing or not valid"
        case .forbidden: "The key may not do this"
        case .tenantSuspended: "The tenant is suspended"
        case .quotaExceeded: "A quota of the tenant is used up"
        case .notFound: "Not found"
        case .methodNotAllowed: "The path has no such method"
        case .invalidState: "The state of the upload or key does not allow this"
        case .objectMissing: "Nothing has been uploaded yet"
        case .conflict: "The name is taken"
        case .fileTooLarge: "The file is too large"
        case .requestTooLarge: "The request body is too large"
        case .unsupportedMediaType: "The body is of the wrong media type"
        case .invalidRequest: "Members are missing, unknown or out of range"
        case .typeNotAllowed: "The file type is not allowed"
        case .uploadRejected: "The stored object breaks its declaration"
        case .idempotencyKeyReused: "The idempotency key was used for another request"
        case .rateLimited: "Too many requests"
        case .unavailable: "The service cannot do this at the moment"
        case .internalError: "Something went wrong on our side"
        }
    }
}
