/// What a key or an upload token narrows of its tenant's limits. nil narrows nothing.
package struct KeyConstraints: Hashable, Sendable {
    package let maximumFileBytes: Int64?
    package let allowedTypes: [MediaTypePattern]?

    package static let none = KeyConstraints(checkedMaximumFileBytes: nil, allowedTypes: nil)

    private init(checkedMaximumFileBytes: Int64?, allowedTypes: [MediaTypePattern]?) {
        maximumFileBytes = checkedMaximumFileBytes
        self.allowedTypes = allowedTypes
    }

    /// - Throws: ``InvalidMembers`` with every member that is wrong, by the names of the API (`/max_file_bytes`).
    package init(maximumFileBytes: Int64?, allowedTypes: [String]?) throws(InvalidMembers) {
        var checker = LimitChecker()
        checker.require(maximumFileBytes, in: 1...Int64.max, at: "/max_file_bytes")
        let patterns = allowedTypes.map { checker.patterns($0, at: "/allowed_types") }
        if let invalid = InvalidMembers(checker.problems) { throw invalid }
        self.init(checkedMaximumFileBytes: maximumFileBytes, allowedTypes: patterns)
    }

    /// Whether nothing is allowed here that `other` forbids. A key can only grant constraints of which this is true
    /// against its own.
    package func isAtLeastAsTight(as other: KeyConstraints) -> Bool {
        if let theirs = other.maximumFileBytes {
            guard let maximumFileBytes, maximumFileBytes <= theirs else { return false }
        }
        guard let theirs = other.allowedTypes else { return true }
        guard let allowedTypes else { return false }
        return allowedTypes.allSatisfy { mine in theirs.contains { $0.covers(mine) } }
    }

    /// These constraints, with `other`'s where there are none here: a token for which nothing was said is held to its
    /// key's constraints.
    package func inheriting(from other: KeyConstraints) -> KeyConstraints {
        KeyConstraints(
            checkedMaximumFileBytes: maximumFileBytes ?? other.maximumFileBytes,
            allowedTypes: allowedTypes ?? other.allowedTypes)
    }
}
