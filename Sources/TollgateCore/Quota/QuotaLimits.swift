/// A tenant's quotas. nil stands for unlimited.
package struct QuotaLimits: Hashable, Sendable {
    package var storageBytes: Int64?
    package var objects: Int64?
    package var pendingUploads: Int64?
    /// Bytes in one calendar month, UTC.
    package var monthlyUploadBytes: Int64?

    package init(
        storageBytes: Int64? = nil, objects: Int64? = nil, pendingUploads: Int64? = nil,
        monthlyUploadBytes: Int64? = nil
    ) {
        self.storageBytes = storageBytes
        self.objects = objects
        self.pendingUploads = pendingUploads
        self.monthlyUploadBytes = monthlyUploadBytes
    }
}
