/// What one more upload asks of a tenant's quotas: its bytes, and one object.
package struct QuotaDemand: Hashable, Sendable {
    /// Bytes to reserve, 0 or more.
    package let bytes: Int64
    /// Objects to reserve: 1 for a new upload, 0 where an object is replaced.
    package let objects: Int64
    /// 1 for a start, 0 for a file that passes through the gateway and is finished at once.
    package let pendingUploads: Int64

    /// - Returns: nil when a number is negative.
    package init?(bytes: Int64, objects: Int64 = 1, pendingUploads: Int64 = 1) {
        guard bytes >= 0, objects >= 0, pendingUploads >= 0 else { return nil }
        self.bytes = bytes
        self.objects = objects
        self.pendingUploads = pendingUploads
    }

    /// What a planned start reserves.
    package init(_ plan: UploadPlan) {
        bytes = plan.reservedBytes
        objects = 1
        pendingUploads = 1
    }
}
