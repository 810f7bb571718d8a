extension ProblemCode {
    /// What the page `/problems/<code>` says: the meaning and what the caller can do.
    var explanation: String {
        switch self {
        case .malformedRequest:
            """
            The body is not JSON, or the path or the query cannot be read. Correct the request; repeating it as \
            it is will fail again.
            """
        case .unauthenticated:
            """
            No key was sent, or it is unknown, mistyped, expired or revoked. Send Authorization: Bearer and the \
            whole key.
            """
        case .forbidden:
            """
            The key is valid but lacks the scope that this call needs, or would give another key more than it has \
            itself; errors then names what. A tenant admin can create a key that has the scope.
            """
        case .tenantSuspended:
            """
            The operator of the platform has suspended this tenant. Nothing was lost; ask the operator.
            """
        case .quotaExceeded:
            """
            The tenant's quota has no room for this upload. The member quota names it with limit, used, reserved \
            and requested. Delete files, wait for pending uploads to end, or ask for a larger quota.
            """
        case .notFound:
            """
            The path or the id does not exist, or belongs to somebody else.
            """
        case .methodNotAllowed:
            """
            The path exists, the method does not. The Allow header lists those that do.
            """
        case .invalidState:
            """
            The state of the upload or the key rules this out: an aborted upload cannot be finished, a pending one \
            has no URL, a revoked key cannot be rotated, and a tenant's last key with keys:manage cannot be revoked.
            """
        case .objectMissing:
            """
            The store has no object for this upload. Send the form first, then finish; or the form has expired, \
            then renew.
            """
        case .conflict:
            """
            Something with this name exists already.
            """
        case .fileTooLarge:
            """
            The file is larger than the tenant or the key allows.
            """
        case .requestTooLarge:
            """
            A request body may have 64 KiB at most, except where files travel.
            """
        case .unsupportedMediaType:
            """
            Send Content-Type: application/json, or multipart/form-data where a file is due.
            """
        case .invalidRequest:
            """
            One or more members of the request are missing, unknown or out of range. The member errors lists \
            each with a JSON pointer.
            """
        case .typeNotAllowed:
            """
            The tenant or the key does not allow files of this type.
            """
        case .uploadRejected:
            """
            The stored object is not what was declared: reason is size-mismatch, type-mismatch, \
            checksum-mismatch or content-mismatch. The object is removed; start a new upload.
            """
        case .idempotencyKeyReused:
            """
            The same Idempotency-Key was sent with another body. Use a new key for a new request.
            """
        case .rateLimited:
            """
            Slow down; Retry-After says for how many seconds.
            """
        case .unavailable:
            """
            The database or the store is out of reach, or the gateway is overloaded. Repeat the request after \
            the seconds of Retry-After; that is safe.
            """
        case .internalError:
            """
            This is a fault of the gateway. The request_id finds it in the gateway's log.
            """
        }
    }
}
