// The answers to forms that are not as S3 wants them, or as their policy wants them.
//
// Source: Amazon S3 API Reference, "Error responses", "POST Policy"; the texts are those that S3 itself answers.
extension S3Error {
    static func invalidArgument(_ message: String, name: String, value: String = "") -> S3Error {
        S3Error(
            status: 400, code: "InvalidArgument", message: message,
            elements: [.init("ArgumentName", name), .init("ArgumentValue", value)])
    }

    static func invalidRequest(_ message: String) -> S3Error {
        S3Error(status: 400, code: "InvalidRequest", message: message)
    }

    /// A field that is not there, by its name as S3 spells it: `X-Amz-Signature`, `key`.
    static func missingField(_ name: String) -> S3Error {
        // Two spaces between the sentences: S3's own text.
        invalidArgument(
            "Bucket POST must contain a field named '\(name)'.  If it is specified, please check the order of the "
                + "fields.", name: name)
    }

    /// S3 has no text of its own for this that is known.
    static func repeatedField(_ name: String) -> S3Error {
        invalidArgument("POST requires every form field at most once; '\(name)' is there twice.", name: name)
    }

    static func invalidPolicyDocument(_ fault: String) -> S3Error {
        S3Error(status: 400, code: "InvalidPolicyDocument", message: "Invalid Policy: \(fault)")
    }

    /// The document is in order, and the form breaks it.
    static func policyViolation(_ violation: String) -> S3Error {
        accessDenied("Invalid according to Policy: \(violation)")
    }

    static func keyTooLong(_ bytes: Int) -> S3Error {
        S3Error(
            status: 400, code: "KeyTooLongError", message: "Your key is too long",
            elements: [.init("Size", String(bytes)), .init("MaxSizeAllowed", "1024")])
    }

    static func metadataTooLarge(_ bytes: Int, maximum: Int) -> S3Error {
        S3Error(
            status: 400, code: "MetadataTooLarge",
            message: "Your metadata headers exceed the maximum allowed metadata size",
            elements: [.init("Size", String(bytes)), .init("MaxSizeAllowed", String(maximum))])
    }

    /// Source: Amazon S3 API Reference, "Error responses".
    static func invalidStorageClass(_ requested: String) -> S3Error {
        S3Error(
            status: 400, code: "InvalidStorageClass", message: "The storage class you specified is not valid",
            elements: [.init("StorageClassRequested", requested)])
    }

    /// Source: Amazon S3 API Reference, "Error responses".
    static let invalidEncryptionAlgorithm = S3Error(
        status: 400, code: "InvalidEncryptionAlgorithmError",
        message: "The encryption request that you specified is not valid. The valid value is AES256.")

    static func notImplemented(header: String) -> S3Error {
        S3Error(
            status: 501, code: "NotImplemented",
            message: "A header you provided implies functionality that is not implemented",
            elements: [.init("Header", header)])
    }

    /// The bytes that arrived are not those that the form announced.
    package static let badSHA256 = S3Error(
        status: 400, code: "BadDigest", message: "The SHA256 you specified did not match the calculated checksum.")
}
