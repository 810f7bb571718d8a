import Testing

@testable import TollgateCore

struct TenantLimitsTests {
    typealias Change = @Sendable (inout TenantLimitsDraft) -> Void

    private func problems(_ change: Change) -> [MemberProblem] {
        var draft = TenantLimitsDraft()
        change(&draft)
        do throws(InvalidMembers) { _ = try TenantLimits(draft) } catch { return error.problems }
        return []
    }

    static let wrong: [(String, Change)] = [
        ("/max_file_bytes", { $0.maximumFileBytes = 0 }),
        ("/max_file_bytes", { $0.maximumFileBytes = -1 }),
        ("/min_file_bytes", { $0.minimumFileBytes = -1 }),
        ("/min_file_bytes", { ($0.minimumFileBytes, $0.maximumFileBytes) = (11, 10) }),
        ("/min_file_bytes", { ($0.minimumFileBytes, $0.maximumFileBytes) = (5 << 30 + 1, nil) }),
        ("/allowed_types", { $0.allowedTypes = [] }),
        ("/allowed_types", { $0.allowedTypes = .init(repeating: "image/png", count: 101) }),
        ("/allowed_types/1", { $0.allowedTypes = ["image/*", "image/png,text/html"] }),
        ("/allowed_types/0", { $0.allowedTypes = ["*"] }),
        ("/storage_quota_bytes", { $0.storageQuotaBytes = -1 }),
        ("/object_quota", { $0.objectQuota = -1 }),
        ("/monthly_upload_quota_bytes", { $0.monthlyUploadQuotaBytes = .min }),
        ("/max_pending_uploads", { $0.maximumPendingUploads = -1 }),
        ("/url_expiry_seconds", { $0.urlExpirySeconds = 9 }),
        ("/url_expiry_seconds", { $0.urlExpirySeconds = 3_601 }),
        ("/undeclared_url_expiry_seconds", { $0.undeclaredURLExpirySeconds = 0 }),
        ("/requests_per_second", { $0.requestsPerSecond = 0 }),
        ("/unfinished", { $0.unfinished = "keep" }),
        ("/unfinished", { $0.unfinished = "Delete" }),
        ("/verify_content", { $0.verifyContent = "" }),
    ]

    @Test("names the member that is out of range", arguments: wrong)
    func namesTheMember(pointer: String, change: Change) {
        #expect(problems(change).map(\.pointer) == [pointer])
    }

    @Test("names every member that is wrong")
    func namesAll() {
        let found = problems {
            $0.maximumFileBytes = 0
            $0.unfinished = "x"
            $0.allowedTypes = ["x", "*/png"]
        }
        #expect(
            Set(found.map(\.pointer)) == ["/max_file_bytes", "/unfinished", "/allowed_types/0", "/allowed_types/1"])
    }

    @Test("has the defaults of the API")
    func hasDefaults() {
        let limits = TenantLimits.standard
        #expect(limits.maximumFileBytes == 104_857_600)
        #expect(limits.minimumFileBytes == 1)
        #expect(limits.allowedTypes.map(\.description) == ["*/*"])
        #expect(limits.maximumPendingUploads == 1_000)
        #expect(limits.urlExpirySeconds == 900)
        #expect(limits.undeclaredURLExpirySeconds == 120)
        #expect(limits.unfinished == .delete)
        #expect(limits.verifyContent == .lenient)
        #expect(limits.quota == QuotaLimits(pendingUploads: 1_000))
    }

    @Test("takes the bounds themselves, and what a draft of it holds")
    func takesBounds() throws {
        var draft = TenantLimitsDraft()
        draft.maximumFileBytes = nil
        draft.minimumFileBytes = 0
        draft.storageQuotaBytes = 0
        draft.objectQuota = .max
        draft.urlExpirySeconds = 3_600
        draft.undeclaredURLExpirySeconds = 10
        draft.requestsPerSecond = 1
        draft.allowedTypes = ["IMAGE/*", "image/*", "application/pdf"]
        draft.unfinished = "finish"
        draft.verifyContent = "strict"
        let limits = try TenantLimits(draft)
        #expect(limits.allowedTypes.map(\.description) == ["image/*", "application/pdf"])
        #expect(try TenantLimits(TenantLimitsDraft(limits)) == limits)
        #expect(try TenantLimits(TenantLimitsDraft()) == .standard)
    }
}
