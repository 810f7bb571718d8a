package import Foundation

extension AuditedChange {
    package static func created(_ tenant: Tenant) -> AuditedChange {
        AuditedChange(
            tenantID: tenant.id, action: .tenantCreate, target: .tenant(tenant.id), before: nil, after: tenant.json)
    }

    package static func created(_ key: StoredAPIKey) -> AuditedChange {
        AuditedChange(
            tenantID: key.tenantID, action: .keyCreate, target: .key(key.id), before: nil, after: key.json)
    }

    /// What is different between two states of one tenant: nothing, a change of name or limits, a suspension or its
    /// end, or both.
    package static func changes(from before: Tenant, to after: Tenant) -> [AuditedChange] {
        var changes: [AuditedChange] = []
        let old = before.changeable.differing(from: after.changeable)
        let new = after.changeable.differing(from: before.changeable)
        if !new.members.isEmpty {
            changes.append(
                AuditedChange(
                    tenantID: after.id, action: .tenantUpdate, target: .tenant(after.id), before: old, after: new))
        }
        if (before.suspendedAt == nil) != (after.suspendedAt == nil) {
            changes.append(
                AuditedChange(
                    tenantID: after.id, action: after.suspendedAt == nil ? .tenantResume : .tenantSuspend,
                    target: .tenant(after.id), before: before.suspension, after: after.suspension))
        }
        return changes
    }

    package static func revoked(_ key: StoredAPIKey, at now: Date) -> AuditedChange {
        AuditedChange(
            tenantID: key.tenantID, action: .keyRevoke, target: .key(key.id),
            before: JSONObject(members: [("revoked_at", .null)]),
            after: JSONObject(members: [("revoked_at", .string(RFC3339.format(now)))]))
    }

    /// - Parameters:
    ///   - key: as it was.
    ///   - end: when it ends now.
    ///   - successor: the key that takes its place.
    /// - Returns: the change of the old key; the successor's own is another one.
    package static func rotated(_ key: StoredAPIKey, endingAt end: Date, successor: APIKeyID) -> AuditedChange {
        AuditedChange(
            tenantID: key.tenantID, action: .keyRotate, target: .key(key.id),
            before: JSONObject(members: [("expires_at", .optional(key.expiresAt.map(RFC3339.format)))]),
            after: JSONObject(members: [
                ("expires_at", .string(RFC3339.format(end))), ("successor_id", .string(successor.description)),
            ]))
    }
}

extension Tenant {
    fileprivate var changeable: JSONObject {
        JSONObject(members: [("name", .string(name.rawValue)), ("limits", .object(limits.json))])
    }

    fileprivate var suspension: JSONObject { JSONObject(members: [("suspended", .bool(suspendedAt != nil))]) }
}

extension JSONObject {
    /// The members that `other` does not have with the same value; of objects within, only what differs in them.
    func differing(from other: JSONObject) -> JSONObject {
        JSONObject(
            members: members.compactMap { member in
                let theirs = other[member.name]
                guard member.value != theirs else { return nil }
                guard case .object(let mine) = member.value, case .object(let theirs)? = theirs else { return member }
                return (member.name, .object(mine.differing(from: theirs)))
            })
    }
}
