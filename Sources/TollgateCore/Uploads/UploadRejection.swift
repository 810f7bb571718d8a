/// Why a stored object was refused: it breaks what its upload declared.
package struct UploadRejection: Error, Hashable, Sendable {
    /// The raw values are those of the API and the database.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case sizeMismatch = "size-mismatch"
        case typeMismatch = "type-mismatch"
        case checksumMismatch = "checksum-mismatch"
        case contentMismatch = "content-mismatch"
    }

    package let reason: Reason
    /// For people; it may say sizes, types and checksums, nothing secret.
    package let detail: String

    package init(reason: Reason, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
