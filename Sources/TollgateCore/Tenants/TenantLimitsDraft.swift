/// A tenant's limits as an operator writes them, with nothing checked. Starts from the defaults, or from limits that
/// hold already, so that a change names only what it changes. nil stands for unlimited.
package struct TenantLimitsDraft: Hashable, Sendable {
    package var maximumFileBytes: Int64?
    package var minimumFileBytes: Int64
    package var allowedTypes: [String]
    package var storageQuotaBytes: Int64?
    package var objectQuota: Int64?
    package var monthlyUploadQuotaBytes: Int64?
    package var maximumPendingUploads: Int64?
    package var urlExpirySeconds: Int64
    package var undeclaredURLExpirySeconds: Int64
    package var requestsPerSecond: Int64?
    package var unfinished: String
    package var verifyContent: String

    package init(_ limits: TenantLimits = .standard) {
        maximumFileBytes = limits.maximumFileBytes
        minimumFileBytes = limits.minimumFileBytes
        allowedTypes = limits.allowedTypes.map(\.description)
        storageQuotaBytes = limits.storageQuotaBytes
        objectQuota = limits.objectQuota
        monthlyUploadQuotaBytes = limits.monthlyUploadQuotaBytes
        maximumPendingUploads = limits.maximumPendingUploads
        urlExpirySeconds = Int64(limits.urlExpirySeconds)
        undeclaredURLExpirySeconds = Int64(limits.undeclaredURLExpirySeconds)
        requestsPerSecond = limits.requestsPerSecond.map(Int64.init)
        unfinished = limits.unfinished.rawValue
        verifyContent = limits.verifyContent.rawValue
    }
}

extension TenantLimits {
    /// - Throws: ``InvalidMembers`` with every member that is wrong, by the names of the API (`/max_file_bytes`).
    package init(_ draft: TenantLimitsDraft) throws(InvalidMembers) {
        var checker = LimitChecker()
        checker.require(draft.maximumFileBytes, in: 1...Int64.max, at: "/max_file_bytes")
        checker.require(draft.minimumFileBytes, in: 0...Int64.max, at: "/min_file_bytes")
        checker.require(draft.storageQuotaBytes, in: 0...Int64.max, at: "/storage_quota_bytes")
        checker.require(draft.objectQuota, in: 0...Int64.max, at: "/object_quota")
        checker.require(draft.monthlyUploadQuotaBytes, in: 0...Int64.max, at: "/monthly_upload_quota_bytes")
        checker.require(draft.maximumPendingUploads, in: 0...Int64.max, at: "/max_pending_uploads")
        checker.require(draft.urlExpirySeconds, in: UploadPolicy.lifetimeSeconds, at: "/url_expiry_seconds")
        checker.require(
            draft.undeclaredURLExpirySeconds, in: UploadPolicy.lifetimeSeconds,
            at: "/undeclared_url_expiry_seconds")
        checker.require(draft.requestsPerSecond, in: 1...1_000_000, at: "/requests_per_second")
        // At least 1, so that a wrong maximum is named once and does not blame the minimum too.
        let largest = min(max(1, draft.maximumFileBytes ?? .max), UploadPolicy.largestPostBytes)
        if draft.minimumFileBytes > largest {
            checker.refuse("/min_file_bytes", "must be at most \(largest), the largest allowed file")
        }
        let unfinished = checker.choose(UnfinishedUploads.self, draft.unfinished, at: "/unfinished")
        let verifyContent = checker.choose(ContentVerification.self, draft.verifyContent, at: "/verify_content")
        let allowedTypes = checker.patterns(draft.allowedTypes, at: "/allowed_types")
        if let invalid = InvalidMembers(checker.problems) { throw invalid }
        self.init(
            maximumFileBytes: draft.maximumFileBytes, minimumFileBytes: draft.minimumFileBytes,
            allowedTypes: allowedTypes, storageQuotaBytes: draft.storageQuotaBytes, objectQuota: draft.objectQuota,
            monthlyUploadQuotaBytes: draft.monthlyUploadQuotaBytes, maximumPendingUploads: draft.maximumPendingUploads,
            urlExpirySeconds: Int(draft.urlExpirySeconds),
            undeclaredURLExpirySeconds: Int(draft.undeclaredURLExpirySeconds),
            requestsPerSecond: draft.requestsPerSecond.map { Int($0) },
            unfinished: unfinished ?? Self.standard.unfinished,
            verifyContent: verifyContent ?? Self.standard.verifyContent)
    }
}
