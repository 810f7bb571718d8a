/// A quota that has no room for a demand, with the figures that say so.
package struct QuotaExceeded: Error, Hashable, Sendable {
    /// The raw values are those of the API.
    package enum Name: String, Hashable, Sendable, CaseIterable {
        case storageBytes = "storage_bytes"
        case objects
        case pendingUploads = "pending_uploads"
        case monthlyUploadBytes = "monthly_upload_bytes"
    }

    package let name: Name
    package let limit: Int64
    package let used: Int64
    package let reserved: Int64
    package let requested: Int64

    package init(name: Name, limit: Int64, used: Int64, reserved: Int64, requested: Int64) {
        self.name = name
        self.limit = limit
        self.used = used
        self.reserved = reserved
        self.requested = requested
    }
}

extension QuotaUsage {
    /// The usage after a demand was reserved. This usage is unchanged.
    ///
    /// `used + reserved + requested <= limit` must hold for storage, objects, pending uploads and the month, in this
    /// order. A sum that does not fit 64 bits is over every limit, so that no arithmetic lets a demand through.
    /// - Throws: ``QuotaExceeded`` for the first quota without room.
    package func admit(_ demand: QuotaDemand, limits: QuotaLimits) throws(QuotaExceeded) -> QuotaUsage {
        try Self.require(.storageBytes, limits.storageBytes, usedBytes, reservedBytes, demand.bytes)
        try Self.require(.objects, limits.objects, usedObjects, reservedObjects, demand.objects)
        try Self.require(.pendingUploads, limits.pendingUploads, pendingUploads, 0, demand.pendingUploads)
        try Self.require(
            .monthlyUploadBytes, limits.monthlyUploadBytes, monthlyUploadBytes, reservedBytes, demand.bytes)
        var after = self
        after.reservedBytes += demand.bytes
        after.reservedObjects += demand.objects
        after.pendingUploads += demand.pendingUploads
        return after
    }

    private static func require(
        _ name: QuotaExceeded.Name, _ limit: Int64?, _ used: Int64, _ reserved: Int64, _ requested: Int64
    ) throws(QuotaExceeded) {
        // Nothing asked for is nothing to refuse, even where a quota was lowered under what is in use.
        guard requested > 0 else { return }
        // In this order, so that the new reservation, which is kept, is itself among the sums that were seen to fit.
        let (held, heldOverflow) = reserved.addingReportingOverflow(requested)
        let (total, totalOverflow) = held.addingReportingOverflow(used)
        let limit = limit ?? .max
        guard !heldOverflow, !totalOverflow, total <= limit else {
            throw QuotaExceeded(name: name, limit: limit, used: used, reserved: reserved, requested: requested)
        }
    }
}
