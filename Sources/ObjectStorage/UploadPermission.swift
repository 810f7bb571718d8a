package import Foundation
package import TollgateCore

/// What a client is to be allowed to upload, once, with a form.
package struct UploadPermission: Sendable, Equatable {
    package var key: ObjectKey
    /// The exact Content-Type.
    package var contentType: String
    /// The file's size in bytes, both bounds included.
    package var length: ClosedRange<Int64>
    package var expiresAt: Date
    /// The SHA-256 that the store is to verify, 32 bytes.
    package var checksumSHA256: [UInt8]?

    package init(
        key: ObjectKey, contentType: String, length: ClosedRange<Int64>, expiresAt: Date,
        checksumSHA256: [UInt8]? = nil
    ) {
        self.key = key
        self.contentType = contentType
        self.length = length
        self.expiresAt = expiresAt
        self.checksumSHA256 = checksumSHA256
    }
}

/// What a presigned GET overrides in the store's answer (response-content-disposition, response-content-type).
package struct ResponseOverrides: Sendable, Equatable {
    package var contentDisposition: String?
    package var contentType: String?

    package init(contentDisposition: String? = nil, contentType: String? = nil) {
        self.contentDisposition = contentDisposition
        self.contentType = contentType
    }

    /// As query parameters.
    ///
    /// Source: Amazon S3 API Reference, "GetObject".
    package var query: [HeaderField] {
        [("response-content-disposition", contentDisposition), ("response-content-type", contentType)]
            .compactMap { name, value in value.map { HeaderField(name: name, value: $0) } }
    }
}
