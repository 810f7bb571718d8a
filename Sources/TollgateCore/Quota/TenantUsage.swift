/// What a tenant has in use beside the quotas in force, read in one moment.
package struct TenantUsage: Sendable, Equatable {
    package let usage: QuotaUsage
    package let limits: QuotaLimits

    package init(usage: QuotaUsage, limits: QuotaLimits) {
        self.usage = usage
        self.limits = limits
    }

    package var storageBytes: QuotaFigures { usage.storageBytes(limits) }
    package var objects: QuotaFigures { usage.objects(limits) }
}
