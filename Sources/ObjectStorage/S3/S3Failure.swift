/// Why a call to an S3 API did not do its work.
enum S3Failure: Error, Sendable, Equatable {
    /// The store said no.
    case refused(S3Refusal)
    /// There was no whole answer; the reason is the library's word for it.
    case connection(reason: String)
    case timedOut
    /// The store answered what nobody can read.
    case malformed(reason: String)
    /// The circuit is open.
    case circuitOpen

    /// Whether the same call may well succeed in a moment.
    var isTransient: Bool {
        switch self {
        case .refused(let refusal): refusal.isTransient
        case .connection, .timedOut: true
        // An answer cut or garbled on its way.
        case .malformed: true
        case .circuitOpen: false
        }
    }

    /// Whether it speaks against the store as a whole.
    var countsAgainstStore: Bool {
        switch self {
        case .refused(let refusal): refusal.isServerFailure
        case .connection, .timedOut, .malformed: true
        case .circuitOpen: false
        }
    }

    /// As the protocol knows it.
    var storageError: ObjectStorageError {
        switch self {
        case .refused(let refusal): refusal.storageError
        case .connection(let reason): .unavailable(reason: "no connection to the store: \(reason)")
        case .timedOut: .unavailable(reason: "the store did not answer in time")
        case .malformed(let reason): .unavailable(reason: "the store's answer cannot be read: \(reason)")
        case .circuitOpen: .unavailable(reason: "the store failed repeatedly and is not asked for a moment")
        }
    }
}

/// A store's refusal.
///
/// Source: Amazon S3 API Reference, "Error responses".
struct S3Refusal: Error, Sendable, Equatable {
    /// The HTTP status; 200 where the refusal came behind a beginning of success.
    let status: Int
    /// S3's own word, `AccessDenied` for one; made of the status where the answer has none, as for a HEAD.
    let code: String
    let message: String
    /// What the store's operator finds the request by.
    let requestID: String?

    var isTransient: Bool {
        isServerFailure || status == 429 || Self.transientCodes.contains(code)
    }

    /// What the store does not know (501) it will not know in a moment.
    var isServerFailure: Bool { status >= 500 && status != 501 }

    private static let transientCodes: Set<String> = [
        "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted",
    ]

    var storageError: ObjectStorageError {
        if isTransient { return .unavailable(reason: "the store answered \(status) \(code)") }
        switch code {
        case "KeyTooLongError", "InvalidObjectName": return .invalidKey(reason: "the store answered \(code)")
        // What was sent is not what the gateway hashed: it was garbled on its way.
        case "BadDigest", "XAmzContentSHA256Mismatch": return .unavailable(reason: "the store answered \(code)")
        default: return .refused(status: status, code: code)
        }
    }
}
