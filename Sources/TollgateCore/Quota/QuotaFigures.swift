/// One quota as an answer shows it.
package struct QuotaFigures: Hashable, Sendable {
    /// nil stands for unlimited, and then `available` is nil too.
    package let limit: Int64?
    package let used: Int64
    package let reserved: Int64

    package init(limit: Int64?, used: Int64, reserved: Int64) {
        self.limit = limit
        self.used = used
        self.reserved = reserved
    }

    /// What could still be asked for: never negative, even after a quota was lowered under what is in use.
    package var available: Int64? {
        guard let limit else { return nil }
        let (held, overflow) = used.addingReportingOverflow(reserved)
        return overflow ? 0 : max(0, limit - max(0, held))
    }
}

extension QuotaUsage {
    package func storageBytes(_ limits: QuotaLimits) -> QuotaFigures {
        QuotaFigures(limit: limits.storageBytes, used: usedBytes, reserved: reservedBytes)
    }

    package func objects(_ limits: QuotaLimits) -> QuotaFigures {
        QuotaFigures(limit: limits.objects, used: usedObjects, reserved: reservedObjects)
    }

    package func pendingUploads(_ limits: QuotaLimits) -> QuotaFigures {
        QuotaFigures(limit: limits.pendingUploads, used: pendingUploads, reserved: 0)
    }

    package func monthlyUploadBytes(_ limits: QuotaLimits) -> QuotaFigures {
        QuotaFigures(limit: limits.monthlyUploadBytes, used: monthlyUploadBytes, reserved: reservedBytes)
    }
}
