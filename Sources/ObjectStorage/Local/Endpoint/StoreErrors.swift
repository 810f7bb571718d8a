internal import TollgateCore

// The refusals of the endpoint itself, in the words of Amazon S3.
//
// Source: Amazon S3 API Reference, "Error responses", "List of error codes".
extension S3Error {
    static func noSuchKey(_ key: String) -> S3Error {
        S3Error(
            status: 404, code: "NoSuchKey", message: "The specified key does not exist.",
            elements: [.init("Key", key)])
    }

    static func noSuchBucket(_ bucket: String) -> S3Error {
        S3Error(
            status: 404, code: "NoSuchBucket", message: "The specified bucket does not exist",
            elements: [.init("BucketName", bucket)])
    }

    static func methodNotAllowed(_ method: String, resource: String) -> S3Error {
        S3Error(
            status: 405, code: "MethodNotAllowed",
            message: "The specified method is not allowed against this resource.",
            elements: [.init("Method", method), .init("ResourceType", resource)])
    }

    static let invalidURI = S3Error(status: 400, code: "InvalidURI", message: "Couldn't parse the specified URI.")

    static func argument(_ message: String, name: String, value: String) -> S3Error {
        S3Error(
            status: 400, code: "InvalidArgument", message: message,
            elements: [.init("ArgumentName", name), .init("ArgumentValue", value)])
    }

    static func subresourceNotImplemented(_ name: String) -> S3Error {
        S3Error(
            status: 501, code: "NotImplemented",
            message: "A parameter you provided implies functionality that is not implemented",
            elements: [.init("Parameter", name)])
    }

    static func invalidRange(_ requested: String, size: Int64) -> S3Error {
        S3Error(
            status: 416, code: "InvalidRange", message: "The requested range is not satisfiable",
            elements: [.init("RangeRequested", requested), .init("ActualObjectSize", String(size))])
    }

    /// The condition is what did not hold, `If-Match` for one.
    static func preconditionFailed(_ condition: String) -> S3Error {
        S3Error(
            status: 412, code: "PreconditionFailed",
            message: "At least one of the pre-conditions you specified did not hold",
            elements: [.init("Condition", condition)])
    }

    static let noFile = S3Error(
        status: 400, code: "InvalidArgument", message: "POST requires exactly one file upload per request.",
        elements: [.init("ArgumentName", "file"), .init("ArgumentValue", "0")])

    static let incompleteBody = S3Error(
        status: 400, code: "IncompleteBody",
        message: "You did not provide the number of bytes specified by the Content-Length HTTP header")

    static let requestTimeout = S3Error(
        status: 400, code: "RequestTimeout",
        message: "Your socket connection to the server was not read from or written to within the timeout period. "
            + "Idle connections will be closed.")

    static let serviceUnavailable = S3Error(
        status: 503, code: "ServiceUnavailable", message: "Service is unable to handle request.")

    static func entityTooLarge(proposed: Int64, maximum: Int64) -> S3Error {
        S3Error(
            status: 400, code: "EntityTooLarge", message: "Your proposed upload exceeds the maximum allowed size",
            elements: [.init("ProposedSize", String(proposed)), .init("MaxSizeAllowed", String(maximum))])
    }

    /// A body that is not the form it ought to be.
    init(_ error: MultipartError) {
        switch error {
        case .notMultipart:
            self = .preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data")
        case .fieldsTooLarge, .tooManyFields:
            self.init(
                status: 400, code: "MaxPostPreDataLengthExceeded",
                message: "Your POST request fields preceding the upload file were too large.",
                elements: [.init("MaxPostPreDataLengthBytes", String(MultipartLimits.s3.maximumFieldBytes))])
        case .invalidBoundary, .malformed, .headersTooLarge, .truncated:
            self.init(
                status: 400, code: "MalformedPOSTRequest",
                message: "The body of your POST request is not well-formed multipart/form-data.")
        }
    }

    /// A refusal of the store. The two sizes and the checksum are judged by the form's own rules before.
    init(_ error: ObjectStorageError, key: String) {
        switch error {
        case .invalidKey(let reason): self = .argument("Invalid key: \(reason).", name: "key", value: key)
        case .checksumMismatch: self = .badSHA256
        case .tooLarge(let maximum): self = .entityTooLarge(proposed: maximum + 1, maximum: maximum)
        case .tooSmall, .unavailable, .refused, .notDeleted: self = .serviceUnavailable
        }
    }
}
