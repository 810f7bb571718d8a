/// The names of metadata in this target's logs.
enum S3LogKeys {
    static let operation = "store.operation"
    static let code = "store.code"
    static let status = "store.status"
    /// The store's own id of the request, `x-amz-request-id`.
    static let requestID = "store.request_id"
    static let attempt = "attempt"
    static let error = "error"
}
