/// What an accepted form says of its object.
package struct PostGrant: Sendable, Equatable {
    /// The key with `${filename}` expanded.
    package let key: ObjectKey
    /// The form's own Content-Type, else `binary/octet-stream`; never the file part's header.
    package let contentType: String
    /// Cache-Control, Content-Disposition, Content-Encoding, Expires and x-amz-meta-*, names in lower case.
    package let headers: [PostForm.Field]
    /// What the policy's ranges say of the file's size; nil where it sets none.
    package let size: SizeRule?
    /// 32 bytes, from x-amz-checksum-sha256.
    package let checksumSHA256: [UInt8]?
    package let success: Success

    /// How the form wants its success told.
    package enum Success: Sendable, Equatable {
        case noContent
        case ok
        case created
        /// An absolute http or https URL, its own query kept.
        case redirect(String)
    }

    package init(
        key: ObjectKey, contentType: String, headers: [PostForm.Field] = [], size: SizeRule? = nil,
        checksumSHA256: [UInt8]? = nil, success: Success = .noContent
    ) {
        self.key = key
        self.contentType = contentType
        self.headers = headers
        self.size = size
        self.checksumSHA256 = checksumSHA256
        self.success = success
    }

    /// The sizes in bytes that the file may have; nil where the policy sets no range. Ranges that exclude each
    /// other leave `-1...-1`, which holds no file's size.
    package var lengthRange: ClosedRange<Int64>? { size?.range }

    /// The refusal to give as soon as this many bytes have arrived, or are announced; nil while they are allowed.
    package func tooLarge(proposed: Int64) -> S3Error? { size?.tooLarge(proposed: proposed) }

    /// The refusal to give when the file ended after this many bytes; nil when they are enough.
    package func tooSmall(actual: Int64) -> S3Error? { size?.tooSmall(actual: actual) }

    /// The refusal of a file whose SHA-256 is not the announced one; nil when it is, or when none was announced.
    package func wrongChecksum(actualSHA256: [UInt8]) -> S3Error? {
        guard let checksumSHA256, checksumSHA256 != actualSHA256 else { return nil }
        return .badSHA256
    }
}
