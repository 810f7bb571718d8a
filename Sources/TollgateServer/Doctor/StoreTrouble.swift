import ObjectStorage

/// Why a store did not do its work, in words for its operator.
struct StoreTrouble: Equatable {
    let seen: String
    let advice: String

    init(seen: String, advice: String) {
        self.seen = seen
        self.advice = advice
    }

    /// - Parameters:
    ///   - error: what the store's client threw.
    ///   - permission: what S3 calls the permission that the call needs, `s3:PutObject` for one.
    init(_ error: any Error, permission: String) {
        switch error {
        case ObjectStorageError.refused(let status, let code):
            self.init(status: status, code: code, permission: permission)
        case ObjectStorageError.notDeleted(let kept):
            self.init(status: 200, code: kept.first?.code ?? "", permission: permission)
        case ObjectStorageError.unavailable(let reason):
            self.init(seen: reason, advice: Self.reach)
        case ObjectStorageError.invalidKey(let reason):
            self.init(seen: reason, advice: "choose another TOLLGATE_STORAGE_KEY_PREFIX")
        default:
            self.init(seen: String(describing: error), advice: Self.reach)
        }
    }

    /// A refusal by its status and S3's own word.
    ///
    /// Source: Amazon S3 API Reference, "Error responses", list of error codes.
    init(status: Int, code: String, permission: String) {
        seen = "the store answered \(status)" + (code.isEmpty || code == "HTTP\(status)" ? "" : " \(code)")
        advice = Self.advice(status: status, code: code, permission: permission)
    }

    private static let reach =
        "see that the store runs and that TOLLGATE_STORAGE_S3_ENDPOINT and TOLLGATE_STORAGE_S3_PATH_STYLE are right"

    private static func advice(status: Int, code: String, permission: String) -> String {
        switch code {
        case "SignatureDoesNotMatch":
            return "the secret is not that of the access key id: correct TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY"
        case "InvalidAccessKeyId":
            return "the store does not know the access key id: correct TOLLGATE_STORAGE_S3_ACCESS_KEY_ID"
        case "ExpiredToken", "InvalidToken":
            return "the session token is over or wrong: renew TOLLGATE_STORAGE_S3_SESSION_TOKEN"
        case "NoSuchBucket":
            return "create the bucket, or correct TOLLGATE_STORAGE_S3_BUCKET"
        case "AccessDenied", "HTTP403":
            return "allow \(permission) on the bucket for this access key"
        case "RequestTimeTooSkewed":
            return "set this machine's clock and the store's by NTP"
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
            "IllegalLocationConstraintException":
            return
                "the bucket is in another region: correct TOLLGATE_STORAGE_S3_REGION and TOLLGATE_STORAGE_S3_ENDPOINT"
        case "AccessControlListNotSupported":
            return "the bucket has ACLs disabled: clear TOLLGATE_STORAGE_S3_ACL"
        case "InvalidStorageClass":
            return "the store does not know this class: correct TOLLGATE_STORAGE_S3_STORAGE_CLASS"
        case "NotImplemented", "MethodNotAllowed":
            return "the store cannot do this; where it lacks forms, set TOLLGATE_STORAGE_S3_UPLOAD_METHOD=put"
        default:
            switch status {
            case 300..<400:
                return "see that TOLLGATE_STORAGE_S3_ENDPOINT names the store itself, of the bucket's region"
            case 404: return "create the bucket, or correct TOLLGATE_STORAGE_S3_BUCKET and TOLLGATE_STORAGE_S3_ENDPOINT"
            case 501, 405:
                return "the store cannot do this; where it lacks forms, set TOLLGATE_STORAGE_S3_UPLOAD_METHOD=put"
            case 500...: return "look into the store's own log, and try again"
            default: return "look up \(code.isEmpty ? "the status" : code) in the store's documentation and its log"
            }
        }
    }
}
