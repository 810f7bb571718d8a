/// Decides whether a start keeps to a tenant's limits and a key's constraints, and what its form will allow.
///
/// Quotas are not looked at here: only the reservation itself can answer for them.
package struct UploadPolicy: Sendable {
    /// The largest file that S3 takes in one POST: 5 GiB. Source: Amazon S3 User Guide, "Uploading objects".
    package static let largestPostBytes: Int64 = 5 << 30

    /// How long any form may live, in seconds. Some stores refuse a signature older than an hour.
    package static let lifetimeSeconds: ClosedRange<Int64> = 10...3_600

    package let limits: TenantLimits
    package let constraints: KeyConstraints
    /// Whether a start must declare its file's size, since the store can be held to one size only.
    package let requiresDeclaredSize: Bool

    package init(limits: TenantLimits, constraints: KeyConstraints, requiresDeclaredSize: Bool = false) {
        self.limits = limits
        self.constraints = constraints
        self.requiresDeclaredSize = requiresDeclaredSize
    }

    /// The same policy for starts whose file is sent to the store in this way.
    package func sending(by method: UploadMethod) -> UploadPolicy {
        UploadPolicy(
            limits: limits, constraints: constraints, requiresDeclaredSize: method.requiresDeclaredSize)
    }

    /// The largest allowed file in bytes.
    package var maximumBytes: Int64 {
        [limits.maximumFileBytes, constraints.maximumFileBytes].compactMap { $0 }
            .reduce(Self.largestPostBytes) { min($0, $1) }
    }

    /// - Throws: the first ``UploadRefusal``: members, size, type.
    package func plan(_ request: UploadRequest) throws(UploadRefusal) -> UploadPlan {
        let contentType = request.effectiveType
        let problems = refusals(
            size: request.fileSize, type: contentType, expiresInSeconds: request.expiresInSeconds, sizeIsKnown: true)
        if let first = problems.first { throw first }
        let sizes = request.fileSize.map { $0...$0 } ?? limits.minimumFileBytes...maximumBytes
        return UploadPlan(
            contentType: contentType, sizeRange: sizes,
            lifetimeSeconds: request.expiresInSeconds ?? defaultLifetimeSeconds(isDeclared: request.fileSize != nil))
    }

    /// The same decision for members as they were sent.
    ///
    /// - Throws: the first ``UploadRefusal``; ``UploadRefusal/invalid(_:)`` names every member that is wrong.
    package func plan(_ draft: UploadDraft) throws(UploadRefusal) -> (UploadRequest, UploadPlan) {
        let request: UploadRequest
        do throws(InvalidMembers) { request = try UploadRequest(draft) } catch { throw .invalid(error.problems) }
        return (request, try plan(request))
    }

    /// Whether a key with these constraints may bring the bytes of an upload that was started by whomever.
    ///
    /// - Throws: ``UploadRefusal`` for its largest size or its type.
    package func requireAllowed(_ upload: Upload) throws(UploadRefusal) {
        if let maximum = constraints.maximumFileBytes, upload.allowedBytes.upperBound > maximum {
            throw .fileTooLarge(declaredBytes: upload.allowedBytes.upperBound, maximumBytes: maximum)
        }
        if let allowed = constraints.allowedTypes, !allowed.contains(where: { $0.matches(upload.fileType) }) {
            throw .typeNotAllowed(upload.fileType, allowed: allowed)
        }
    }

    /// Everything that stands against a start, for a check that reserves nothing. Empty when it would be accepted.
    ///
    /// A member that is wrong does not hide what is wrong with the others.
    package func refusals(_ draft: UploadDraft) -> [UploadRefusal] {
        var parser = UploadMemberParser()
        let members = parser.parse(draft)
        let inferred = members.fileName.map { FileTypes.mediaType(forFileName: $0) ?? .octetStream }
        let found = refusals(
            size: members.fileSize, type: members.fileType ?? (draft.fileType == nil ? inferred : nil),
            expiresInSeconds: members.expiresInSeconds,
            sizeIsKnown: (members.fileSize == nil) == (draft.fileSize == nil))
        return Self.merge(parser.problems, into: found)
    }

    /// `sizeIsKnown` is false when a size was sent that is wrong in itself.
    private func refusals(
        size: Int64?, type: MediaType?, expiresInSeconds: Int?, sizeIsKnown: Bool
    ) -> [UploadRefusal] {
        var found: [UploadRefusal] = []
        if let expiresInSeconds, expiresInSeconds > limits.urlExpirySeconds {
            let detail = "must be at most \(limits.urlExpirySeconds) seconds"
            found.append(.invalid([MemberProblem(pointer: "/expires_in", detail: detail)]))
        }
        if sizeIsKnown, let refusal = refusal(size: size) { found.append(refusal) }
        if let type, let refusal = refusal(type: type) { found.append(refusal) }
        return found
    }

    private func refusal(size: Int64?) -> UploadRefusal? {
        let (minimum, maximum) = (limits.minimumFileBytes, maximumBytes)
        guard let size else {
            if requiresDeclaredSize { return .invalid([Self.missingSize]) }
            return minimum > maximum ? .noSizeAllowed(minimumBytes: minimum, maximumBytes: maximum) : nil
        }
        if size > maximum { return .fileTooLarge(declaredBytes: size, maximumBytes: maximum) }
        if size < minimum { return .fileTooSmall(declaredBytes: size, minimumBytes: minimum) }
        return nil
    }

    private static let missingSize = MemberProblem(
        pointer: "/file_size", detail: "is required: the store takes uploads of a declared size only")

    private func refusal(type: MediaType) -> UploadRefusal? {
        for allowed in [limits.allowedTypes, constraints.allowedTypes].compactMap({ $0 })
        where !allowed.contains(where: { $0.matches(type) }) {
            return .typeNotAllowed(type, allowed: allowed)
        }
        return nil
    }

    /// A form without a declared size reserves much, so that it lives shorter.
    package func defaultLifetimeSeconds(isDeclared: Bool) -> Int {
        isDeclared ? limits.urlExpirySeconds : min(limits.undeclaredURLExpirySeconds, limits.urlExpirySeconds)
    }

    /// One ``UploadRefusal/invalid(_:)`` with all member problems, then the others.
    private static func merge(_ problems: [MemberProblem], into refusals: [UploadRefusal]) -> [UploadRefusal] {
        var (members, others) = (problems, [UploadRefusal]())
        for refusal in refusals {
            if case .invalid(let more) = refusal { members += more } else { others.append(refusal) }
        }
        return members.isEmpty ? others : [.invalid(members)] + others
    }
}
