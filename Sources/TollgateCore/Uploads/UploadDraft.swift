/// The members of a start as they were sent, with nothing checked but their JSON types.
package struct UploadDraft: Hashable, Sendable {
    package var fileName: String?
    package var fileType: String?
    /// Bytes.
    package var fileSize: Int64?
    /// Base64.
    package var checksumSHA256: String?
    package var uploadedBy: String?
    package var metadata: [String: String]
    /// Seconds.
    package var expiresIn: Int64?

    package init(
        fileName: String?, fileType: String? = nil, fileSize: Int64? = nil, checksumSHA256: String? = nil,
        uploadedBy: String? = nil, metadata: [String: String] = [:], expiresIn: Int64? = nil
    ) {
        self.fileName = fileName
        self.fileType = fileType
        self.fileSize = fileSize
        self.checksumSHA256 = checksumSHA256
        self.uploadedBy = uploadedBy
        self.metadata = metadata
        self.expiresIn = expiresIn
    }
}
