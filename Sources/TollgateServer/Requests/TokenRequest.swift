import TollgateCore

/// The body of `POST /v1/tokens`.
struct TokenRequest {
    let uploadedBy: UploaderName
    let lifetimeSeconds: Int64
    let constraints: KeyConstraints

    /// Where `expires_in` is not said: an hour.
    private static let standardLifetimeSeconds: Int64 = 3_600

    /// - Throws: `InvalidMembers` that names every member that is wrong.
    init(_ object: JSONObject) throws(InvalidMembers) {
        var members = MemberReader(object)
        let uploader = members.uploader("uploaded_by")
        let expiresIn = members.integer("expires_in")
        let range = UploadToken.lifetimeSeconds
        if let expiresIn, !range.contains(expiresIn) {
            members.refuse("expires_in", "must be \(range.lowerBound) to \(range.upperBound) seconds")
        }
        let constraints = members.constraints("constraints")
        members.refuseUnknown()
        if let invalid = InvalidMembers(members.problems) { throw invalid }
        guard let uploader else { throw InvalidMembers(MemberProblem(pointer: "/uploaded_by", detail: "is required")) }
        uploadedBy = uploader
        lifetimeSeconds = expiresIn ?? Self.standardLifetimeSeconds
        self.constraints = constraints
    }
}

extension MemberReader {
    fileprivate mutating func uploader(_ name: String) -> UploaderName? {
        guard let text = string(name, required: true) else { return nil }
        do throws(PlainTextProblem) {
            return try UploaderName(text)
        } catch {
            refuse(name, error)
            return nil
        }
    }
}
