package import Foundation

/// One change of a tenant, its limits or a key: it is written with the change or not at all, and never changed.
package struct AuditEntry: Sendable, Equatable {
    package let id: AuditEntryID
    package let at: Date
    package let origin: ChangeOrigin
    package let change: AuditedChange

    package init(id: AuditEntryID, at: Date, origin: ChangeOrigin, change: AuditedChange) {
        self.id = id
        self.at = at
        self.origin = origin
        self.change = change
    }
}

/// What an entry is about. The raw values are those of the API and the database.
package enum AuditAction: String, Hashable, Sendable, CaseIterable {
    case tenantCreate = "tenant.create"
    /// Another name or other limits.
    case tenantUpdate = "tenant.update"
    case tenantSuspend = "tenant.suspend"
    case tenantResume = "tenant.resume"
    case keyCreate = "key.create"
    /// A key got a successor and an end; the successor has a `key.create` of its own.
    case keyRotate = "key.rotate"
    case keyRevoke = "key.revoke"
}

package enum AuditTarget: Hashable, Sendable {
    case tenant(TenantID)
    case key(APIKeyID)
}

/// A change with what was there before and what is there after it, both without secrets.
package struct AuditedChange: Sendable, Equatable {
    /// Whose log it belongs to; nil: the platform's alone.
    package let tenantID: TenantID?
    package let action: AuditAction
    package let target: AuditTarget
    /// The members that changed, as they were; nil where the target is new.
    package let before: JSONObject?
    package let after: JSONObject?

    package init(
        tenantID: TenantID?, action: AuditAction, target: AuditTarget, before: JSONObject?, after: JSONObject?
    ) {
        self.tenantID = tenantID
        self.action = action
        self.target = target
        self.before = before
        self.after = after
    }
}
