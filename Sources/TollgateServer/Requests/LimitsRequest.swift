import TollgateCore

/// The member `limits` of a request: the limits that it names, to be put over others.
///
/// `null` is unlimited; for a limit that cannot be, its default.
struct LimitsRequest: Sendable {
    private let object: JSONObject
    /// Members that are unknown or of another JSON type.
    let problems: [MemberProblem]

    init(_ object: JSONObject) {
        self.object = object
        var members = MemberReader(object, path: "/limits")
        var draft = TenantLimitsDraft()
        Self.read(&members, into: &draft)
        members.refuseUnknown()
        problems = members.problems
    }

    /// - Throws: `InvalidMembers` with pointers below `/limits`.
    func applied(to limits: TenantLimits) throws(InvalidMembers) -> TenantLimits {
        var members = MemberReader(object)
        var draft = TenantLimitsDraft(limits)
        Self.read(&members, into: &draft)
        do throws(InvalidMembers) {
            return try TenantLimits(draft)
        } catch {
            throw error.under("/limits")
        }
    }

    private static func read(_ members: inout MemberReader, into draft: inout TenantLimitsDraft) {
        let standard = TenantLimitsDraft()
        func integer(_ name: String) -> Int64?? { members.nullable(name) { $0.integer($1) } }
        func string(_ name: String) -> String?? { members.nullable(name) { $0.string($1) } }
        if let limit = integer("max_file_bytes") { draft.maximumFileBytes = limit }
        if let limit = integer("min_file_bytes") { draft.minimumFileBytes = limit ?? standard.minimumFileBytes }
        if let limit = members.nullable("allowed_types", { $0.texts($1) }) {
            draft.allowedTypes = limit ?? standard.allowedTypes
        }
        if let limit = integer("storage_quota_bytes") { draft.storageQuotaBytes = limit }
        if let limit = integer("object_quota") { draft.objectQuota = limit }
        if let limit = integer("monthly_upload_quota_bytes") { draft.monthlyUploadQuotaBytes = limit }
        if let limit = integer("max_pending_uploads") { draft.maximumPendingUploads = limit }
        if let limit = integer("url_expiry_seconds") { draft.urlExpirySeconds = limit ?? standard.urlExpirySeconds }
        if let limit = integer("undeclared_url_expiry_seconds") {
            draft.undeclaredURLExpirySeconds = limit ?? standard.undeclaredURLExpirySeconds
        }
        if let limit = integer("requests_per_second") { draft.requestsPerSecond = limit }
        if let limit = string("unfinished") { draft.unfinished = limit ?? standard.unfinished }
        if let limit = string("verify_content") { draft.verifyContent = limit ?? standard.verifyContent }
    }
}
