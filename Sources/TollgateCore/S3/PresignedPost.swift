package import Foundation

/// What a browser may upload with one form.
package struct UploadForm: Sendable {
    /// The object's exact key. S3 expands `${filename}` in it, so it must not hold that text.
    package var key: ObjectKey
    /// The exact Content-Type.
    package var contentType: String
    /// The file's size in bytes, both bounds included.
    package var length: ClosedRange<Int64>
    /// When the permission ends. Cut off to whole seconds, and to the end of temporary credentials.
    package var expiresAt: Date
    /// The SHA-256 that the store is to verify, 32 bytes.
    package var checksumSHA256: [UInt8]?
    /// Further fields with fixed values, in order: `acl`, `success_action_status`, `x-amz-storage-class`...
    package var furtherFields: [PostForm.Field]

    package init(
        key: ObjectKey, contentType: String, length: ClosedRange<Int64>, expiresAt: Date,
        checksumSHA256: [UInt8]? = nil, furtherFields: [PostForm.Field] = []
    ) {
        self.key = key
        self.contentType = contentType
        self.length = length
        self.expiresAt = expiresAt
        self.checksumSHA256 = checksumSHA256
        self.furtherFields = furtherFields
    }
}

/// A signed form: where a browser posts, and the fields it sends before the file.
///
/// Source: Amazon S3 API Reference, "Browser-Based Uploads Using POST (AWS Signature Version 4)".
package struct PresignedPost: Sendable, Equatable {
    package let url: String
    /// In the order to send; the file comes last. Every one has its condition but `policy` and `x-amz-signature`.
    package let fields: [PostForm.Field]
    /// When the store begins to refuse the form; whole seconds.
    package let expiresAt: Date

    /// Signs a form.
    ///
    /// - Parameters:
    ///   - form: what may be uploaded.
    ///   - endpoint: the bucket's address.
    ///   - signer: quick when its key is of the day of `now`.
    ///   - now: the instant to sign for, `x-amz-date`.
    /// - Returns: the form, which holds from now on and cannot be revoked.
    package static func sign(
        _ form: UploadForm, to endpoint: S3Endpoint, with signer: S3Signer, at now: Date
    ) -> PresignedPost {
        let credentials = signer.credentials
        let date = ISO8601Basic.format(now)
        let key = signer.key(day: String(date.prefix(8)))
        let expiresAt = credentials.expiresAt.map { min($0, form.expiresAt) } ?? form.expiresAt

        var free = [PostForm.Field(name: "Content-Type", value: form.contentType)]
        free += form.furtherFields
        if let checksum = form.checksumSHA256 {
            free.append(.init(name: "x-amz-checksum-sha256", value: Base64.encode(checksum)))
        }
        var signed = [
            PostForm.Field(name: "x-amz-algorithm", value: SigV4.algorithm),
            .init(name: "x-amz-credential", value: signer.credential(of: key)),
            .init(name: "x-amz-date", value: date),
        ]
        if let token = credentials.sessionToken { signed.append(.init(name: "x-amz-security-token", value: token)) }

        // The order of botocore, which is free in S3's eyes, makes the two comparable byte by byte.
        var policy = PostPolicy(expiresAt: expiresAt)
        for field in free { policy.require(field.name, equals: field.value) }
        policy.requireLength(form.length)
        policy.require("bucket", equals: endpoint.bucket)
        policy.require("key", equals: form.key.rawValue)
        for field in signed { policy.require(field.name, equals: field.value) }

        let encoded = policy.base64
        signed.append(.init(name: "policy", value: encoded))
        signed.append(.init(name: "x-amz-signature", value: key.signature(of: encoded)))
        return PresignedPost(
            url: endpoint.formURL, fields: [.init(name: "key", value: form.key.rawValue)] + free + signed,
            expiresAt: Date(timeIntervalSince1970: expiresAt.timeIntervalSince1970.rounded(.down)))
    }
}
