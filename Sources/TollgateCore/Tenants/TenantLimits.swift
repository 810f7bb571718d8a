/// What a tenant may do, every member checked. nil stands for unlimited.
package struct TenantLimits: Hashable, Sendable {
    package let maximumFileBytes: Int64?
    package let minimumFileBytes: Int64
    package let allowedTypes: [MediaTypePattern]
    package let storageQuotaBytes: Int64?
    package let objectQuota: Int64?
    /// Bytes that may be uploaded in one calendar month, UTC.
    package let monthlyUploadQuotaBytes: Int64?
    package let maximumPendingUploads: Int64?
    /// How long a form with a declared size lives, in seconds, and the most that a start may ask for.
    package let urlExpirySeconds: Int
    /// How long a form without a declared size lives, in seconds: it reserves much, so it lives shorter.
    package let undeclaredURLExpirySeconds: Int
    package let requestsPerSecond: Int?
    package let unfinished: UnfinishedUploads
    package let verifyContent: ContentVerification

    /// The limits of a new tenant for which the operator set none.
    package static let standard = TenantLimits(
        maximumFileBytes: 100 << 20, minimumFileBytes: 1, allowedTypes: [.anything], storageQuotaBytes: nil,
        objectQuota: nil, monthlyUploadQuotaBytes: nil, maximumPendingUploads: 1_000, urlExpirySeconds: 900,
        undeclaredURLExpirySeconds: 120, requestsPerSecond: nil, unfinished: .delete, verifyContent: .lenient)

    package var quota: QuotaLimits {
        QuotaLimits(
            storageBytes: storageQuotaBytes, objects: objectQuota, pendingUploads: maximumPendingUploads,
            monthlyUploadBytes: monthlyUploadQuotaBytes)
    }
}

/// What becomes of an object that was uploaded but never finished. The raw values are those of the API.
package enum UnfinishedUploads: String, Hashable, Sendable, CaseIterable {
    case delete
    case finish
}

/// How strictly the leading bytes of an object are held against its declared type. The raw values are those of the API.
package enum ContentVerification: String, Hashable, Sendable, CaseIterable {
    case off
    case lenient
    case strict
}
