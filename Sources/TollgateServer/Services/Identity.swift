import TollgateCore

/// Who a request speaks for: a key and the tenant it belongs to, as they are now.
struct Identity: Sendable {
    let keyID: APIKeyID
    let scopes: ScopeSet
    let constraints: KeyConstraints
    let tenant: Tenant

    /// What this key may upload for its tenant.
    var policy: UploadPolicy { UploadPolicy(limits: tenant.limits, constraints: constraints) }
}
