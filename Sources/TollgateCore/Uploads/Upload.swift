package import Foundation

/// An upload as the ledger has it. Sizes are whole bytes.
package struct Upload: Sendable, Equatable {
    package let id: UploadID
    package let tenantID: TenantID
    package let status: UploadStatus
    package let fileName: String
    package let fileType: MediaType
    package let key: ObjectKey
    /// The size declared at the start; nil: none was.
    package let declaredBytes: Int64?
    /// The range that the signed form allows, inclusive.
    package let allowedBytes: ClosedRange<Int64>
    /// The object's size, once finished.
    package let storedBytes: Int64?
    /// Declared at the start or, for files through the gateway, computed on the way: 32 bytes.
    package let checksum: ChecksumSHA256?
    package let etag: String?
    package let uploadedBy: String?
    package let apiKeyID: APIKeyID
    /// What the upload still holds of the tenant's quota.
    package let reservedBytes: Int64
    package let metadata: [String: String]
    /// Whether a signed form was handed out, which nobody can call back; else the bytes came through the gateway.
    package let byForm: Bool
    package let rejection: UploadRejection?
    package let createdAt: Date
    /// End of the form's life.
    package let expiresAt: Date
    package let finishedAt: Date?
    package let deletedAt: Date?

    package init(
        id: UploadID, tenantID: TenantID, status: UploadStatus, fileName: String, fileType: MediaType, key: ObjectKey,
        declaredBytes: Int64?, allowedBytes: ClosedRange<Int64>, storedBytes: Int64?, checksum: ChecksumSHA256?,
        etag: String?, uploadedBy: String?, apiKeyID: APIKeyID, reservedBytes: Int64, metadata: [String: String],
        byForm: Bool,
        rejection: UploadRejection?, createdAt: Date, expiresAt: Date, finishedAt: Date?, deletedAt: Date?
    ) {
        self.id = id
        self.tenantID = tenantID
        self.status = status
        self.fileName = fileName
        self.fileType = fileType
        self.key = key
        self.declaredBytes = declaredBytes
        self.allowedBytes = allowedBytes
        self.storedBytes = storedBytes
        self.checksum = checksum
        self.etag = etag
        self.uploadedBy = uploadedBy
        self.apiKeyID = apiKeyID
        self.reservedBytes = reservedBytes
        self.metadata = metadata
        self.byForm = byForm
        self.rejection = rejection
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.finishedAt = finishedAt
        self.deletedAt = deletedAt
    }
}
