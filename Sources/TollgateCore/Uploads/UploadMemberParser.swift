/// Those members of a draft that are right.
struct UploadMembers {
    var fileName: FileName?
    var fileType: MediaType?
    var fileSize: Int64?
    var checksum: ChecksumSHA256?
    var uploadedBy: UploaderName?
    var metadata = Metadata.none
    var expiresInSeconds: Int?
}

/// Parses a draft member by member and gathers what is wrong, so that a user sees all of it at once.
struct UploadMemberParser {
    private(set) var problems: [MemberProblem] = []

    /// The name is the one member that must be there.
    static let missingName = MemberProblem(pointer: "/file_name", detail: "is required")

    mutating func parse(_ draft: UploadDraft) -> UploadMembers {
        var members = UploadMembers()
        members.fileName = fileName(draft.fileName)
        members.fileType = parse(draft.fileType, at: "/file_type") { text throws(MediaTypeProblem) in
            try MediaType(text)
        }
        members.fileSize = fileSize(draft.fileSize)
        members.checksum = checksum(draft.checksumSHA256)
        members.uploadedBy = parse(draft.uploadedBy, at: "/uploaded_by") { text throws(PlainTextProblem) in
            try UploaderName(text)
        }
        members.metadata =
            parse(draft.metadata, at: "/metadata") { values throws(MetadataProblem) in try Metadata(values) } ?? .none
        members.expiresInSeconds = lifetime(draft.expiresIn)
        return members
    }

    private mutating func fileName(_ text: String?) -> FileName? {
        guard let text else {
            problems.append(Self.missingName)
            return nil
        }
        return parse(text, at: "/file_name") { text throws(FileNameProblem) in try FileName(text) }
    }

    private mutating func fileSize(_ bytes: Int64?) -> Int64? {
        guard let bytes else { return nil }
        return bytes >= 0 ? bytes : refuse("/file_size", "must not be negative")
    }

    private mutating func checksum(_ text: String?) -> ChecksumSHA256? {
        guard let text else { return nil }
        return ChecksumSHA256(base64: text) ?? refuse("/checksum_sha256", "must be base64 of 32 bytes")
    }

    private mutating func lifetime(_ seconds: Int64?) -> Int? {
        guard let seconds else { return nil }
        let range = UploadPolicy.lifetimeSeconds
        guard range.contains(seconds) else {
            return refuse("/expires_in", "must be \(range.lowerBound) to \(range.upperBound) seconds")
        }
        return Int(seconds)
    }

    private mutating func parse<Input, Output, Problem: Error>(
        _ input: Input?, at pointer: String, _ parse: (Input) throws(Problem) -> Output
    ) -> Output? {
        guard let input else { return nil }
        do throws(Problem) { return try parse(input) } catch { return refuse(pointer, "\(error)") }
    }

    private mutating func refuse<Output>(_ pointer: String, _ detail: String) -> Output? {
        problems.append(MemberProblem(pointer: pointer, detail: detail))
        return nil
    }
}
