package import Foundation

/// What a key that is about to be made would be able to do, and for how long.
package struct KeyGrant: Hashable, Sendable {
    package let scopes: ScopeSet
    package let constraints: KeyConstraints
    /// nil: it does not end.
    package let expiresAt: Date?

    package init(scopes: ScopeSet, constraints: KeyConstraints, expiresAt: Date?) {
        self.scopes = scopes
        self.constraints = constraints
        self.expiresAt = expiresAt
    }

    /// What a key can do that exists.
    package init(of key: StoredAPIKey) {
        self.init(scopes: key.scopes, constraints: key.constraints, expiresAt: key.expiresAt)
    }

    /// This grant with the constraints and the end of `own` where it says nothing about them: the key that a
    /// constrained key makes is constrained alike.
    package func inheriting(from own: KeyGrant) -> KeyGrant {
        KeyGrant(
            scopes: scopes, constraints: constraints.inheriting(from: own.constraints),
            expiresAt: expiresAt ?? own.expiresAt)
    }

    /// Where this grant goes beyond `own`, by the members of the API; nothing where it does not. Nobody gives what they
    /// do not have themselves.
    package func excess(over own: KeyGrant) -> [MemberProblem] {
        var checker = LimitChecker()
        for scope in scopes.subtracting(own.scopes).scopes {
            checker.refuse("/scopes", "\(scope.rawValue) is not a scope of the key that makes this one")
        }
        if let most = own.constraints.maximumFileBytes, constraints.maximumFileBytes.map({ $0 > most }) ?? true {
            checker.refuse("/constraints/max_file_bytes", "must be at most \(most), as of the key that makes this one")
        }
        if let allowed = own.constraints.allowedTypes {
            let mine = constraints.allowedTypes ?? [.anything]
            if let beyond = mine.first(where: { pattern in !allowed.contains { $0.covers(pattern) } }) {
                checker.refuse(
                    "/constraints/allowed_types", "\(beyond) is not allowed to the key that makes this one")
            }
        }
        if let end = own.expiresAt, expiresAt.map({ $0 > end }) ?? true {
            checker.refuse(
                "/expires_at", "must not be after \(RFC3339.format(end)), when the key that makes this one ends")
        }
        return checker.problems
    }
}
