/// How much of its quotas a tenant has in use.
package struct QuotaUsage: Hashable, Sendable {
    /// Bytes of finished uploads.
    package var usedBytes: Int64
    /// Bytes that forms still in force could add.
    package var reservedBytes: Int64
    package var usedObjects: Int64
    package var reservedObjects: Int64
    package var pendingUploads: Int64
    /// Bytes of uploads finished this month; what is reserved counts on top of it.
    package var monthlyUploadBytes: Int64

    package init(
        usedBytes: Int64 = 0, reservedBytes: Int64 = 0, usedObjects: Int64 = 0, reservedObjects: Int64 = 0,
        pendingUploads: Int64 = 0, monthlyUploadBytes: Int64 = 0
    ) {
        self.usedBytes = usedBytes
        self.reservedBytes = reservedBytes
        self.usedObjects = usedObjects
        self.reservedObjects = reservedObjects
        self.pendingUploads = pendingUploads
        self.monthlyUploadBytes = monthlyUploadBytes
    }
}
