import TollgateCore

/// The body of a start or a check: its members as they were sent, and what is wrong with their JSON.
struct StartRequest {
    private(set) var draft: UploadDraft
    /// Members that are unknown or of another JSON type.
    let problems: [MemberProblem]

    /// With `classic`, members that the contract does not name are passed over, as its front ends may send them, and
    /// so is the empty type of a file that the browser does not know.
    init(_ object: JSONObject, classic: Bool = false) {
        var members = MemberReader(object)
        let fileType = members.string("file_type")
        draft = UploadDraft(
            fileName: members.string("file_name"), fileType: classic && fileType == "" ? nil : fileType,
            fileSize: members.integer("file_size"), checksumSHA256: members.string("checksum_sha256"),
            uploadedBy: members.string("uploaded_by"), metadata: members.strings("metadata") ?? [:],
            expiresIn: members.integer("expires_in"))
        if !classic { members.refuseUnknown() }
        problems = members.problems
    }

    /// The same start, for the end user of an upload token where one is sent with it.
    /// - Throws: ``Problem`` 403 where another end user is named.
    func bound(to uploader: UploaderName?) throws(Problem) -> StartRequest {
        guard let uploader else { return self }
        if let named = draft.uploadedBy, !named.utf8.elementsEqual(uploader.rawValue.utf8) {
            throw Problem(.forbidden, "The token is for the uploads of another uploaded_by.")
        }
        var bound = self
        bound.draft.uploadedBy = uploader.rawValue
        return bound
    }

    /// - Throws: ``UploadRefusal/invalid(_:)`` that names every member that is wrong, for whatever reason.
    func parse() throws(UploadRefusal) -> UploadRequest {
        let request: UploadRequest
        do throws(InvalidMembers) {
            request = try UploadRequest(draft)
        } catch {
            throw .invalid(merged(with: error.problems))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return request
    }

    /// All that stands against it under this policy, for a check.
    func refusals(under policy: UploadPolicy) -> [UploadRefusal] {
        let refusals = policy.refusals(draft)
        guard !problems.isEmpty else { return refusals }
        var members: [MemberProblem] = []
        var others: [UploadRefusal] = []
        for refusal in refusals {
            if case .invalid(let problems) = refusal { members += problems } else { others.append(refusal) }
        }
        return [.invalid(merged(with: members))] + others
    }

    /// A member of the wrong JSON type reads as absent: of its two problems the first one is meant.
    private func merged(with others: [MemberProblem]) -> [MemberProblem] {
        let pointers = Set(problems.map(\.pointer))
        return problems + others.filter { !pointers.contains($0.pointer) }
    }
}
