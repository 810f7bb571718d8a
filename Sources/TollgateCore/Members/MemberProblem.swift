/// What is wrong with one member of a request, for people, at the place that programs can find.
package struct MemberProblem: Hashable, Sendable {
    /// A JSON Pointer (RFC 6901) from the root of the value that was checked, such as `/file_size`.
    package let pointer: String
    package let detail: String

    package init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    /// The same problem seen from a value that holds the checked one under `parent`, a pointer such as `/limits`.
    package func under(_ parent: String) -> MemberProblem {
        MemberProblem(pointer: parent + pointer, detail: detail)
    }
}

/// A value whose members break the rules: every problem that was found, not just the first. Never empty.
package struct InvalidMembers: Error, Hashable, Sendable {
    package let problems: [MemberProblem]

    package init(_ first: MemberProblem, _ rest: [MemberProblem] = []) {
        problems = [first] + rest
    }

    /// - Returns: nil when there is no problem, so that an empty list cannot become an error.
    package init?(_ problems: [MemberProblem]) {
        guard !problems.isEmpty else { return nil }
        self.problems = problems
    }

    /// The same seen from a value that holds the checked one under `parent`.
    package func under(_ parent: String) -> InvalidMembers {
        InvalidMembers(checked: problems.map { $0.under(parent) })
    }

    private init(checked problems: [MemberProblem]) { self.problems = problems }
}
