import TollgateCore

/// The body of `POST /v1/tenants`.
struct NewTenantRequest {
    let slug: Slug
    let name: TenantName
    let limits: TenantLimits

    /// - Throws: `InvalidMembers` that names every member that is wrong.
    init(_ object: JSONObject) throws(InvalidMembers) {
        var members = MemberReader(object)
        let slug = members.slug("slug")
        let name = members.tenantName("name", required: true)
        var limits = TenantLimits.standard
        if let request = members.limits("limits") {
            do throws(InvalidMembers) {
                limits = try request.applied(to: limits)
            } catch {
                members.add(error.problems)
            }
        }
        members.refuseUnknown()
        if let invalid = InvalidMembers(members.problems) { throw invalid }
        guard let slug, let name else { throw InvalidMembers(MemberProblem(pointer: "", detail: "is not complete")) }
        self.slug = slug
        self.name = name
        self.limits = limits
    }
}

extension TenantChange {
    /// The body of `PATCH /v1/tenants/{id}`.
    /// - Throws: `InvalidMembers` that names every member that is wrong in itself. Whether the limits go together shows
    ///   where the change is applied.
    init(_ object: JSONObject) throws(InvalidMembers) {
        var members = MemberReader(object)
        let name = members.tenantName("name", required: false)
        let limits = members.limits("limits")
        let suspended = members.boolean("suspended")
        members.refuseUnknown()
        if let invalid = InvalidMembers(members.problems) { throw invalid }
        self.init(name: name, suspended: suspended)
        if let limits { self.limits = { before in try limits.applied(to: before) } }
    }
}

extension MemberReader {
    fileprivate mutating func slug(_ name: String) -> Slug? {
        guard let text = string(name, required: true) else { return nil }
        guard let slug = Slug(text) else {
            refuse(name, "must have 3 to 40 characters of a-z, 0-9 and -, and neither begin nor end with -")
            return nil
        }
        return slug
    }

    fileprivate mutating func tenantName(_ name: String, required: Bool) -> TenantName? {
        guard let text = string(name, required: required) else { return nil }
        do throws(PlainTextProblem) {
            return try TenantName(text)
        } catch {
            refuse(name, error)
            return nil
        }
    }

    /// nil also where a member of it is of the wrong type: then its problems are recorded.
    fileprivate mutating func limits(_ name: String) -> LimitsRequest? {
        guard let object = object(name) else { return nil }
        let limits = LimitsRequest(object)
        add(limits.problems)
        return limits.problems.isEmpty ? limits : nil
    }
}
