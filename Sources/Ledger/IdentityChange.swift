package import TollgateCore

/// What a notification says has changed: a key, or a tenant with its limits.
///
/// The triggers of `0003_identity_notifications.sql` send it, whoever made the change. It says that something changed,
/// not what: whoever wants to know reads the rows, which show the change by then.
package enum IdentityChange: Hashable, Sendable {
    case key(APIKeyPublicID)
    case tenant(TenantID)
    /// More than can be named; also a payload that this program does not know.
    case everything

    /// The channel that carries it.
    package static let channel = "tollgate_identity"

    package init(payload: String) {
        let parts = payload.split(separator: " ", omittingEmptySubsequences: false)
        self =
            switch (parts.count, parts.first) {
            case (2, "key"): APIKeyPublicID(parts[1]).map(Self.key) ?? .everything
            case (2, "tenant"): TenantID(String(parts[1])).map(Self.tenant) ?? .everything
            default: .everything
            }
    }
}
