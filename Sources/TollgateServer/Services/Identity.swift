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

/// The platform's operator, by the key that was used.
struct OperatorIdentity: Sendable {
    let keyID: APIKeyID
}

extension GatewayContext {
    func origin(_ identity: Identity) -> ChangeOrigin {
        ChangeOrigin(actor: .key(identity.keyID), requestID: requestID, address: remoteAddress)
    }

    func origin(_ identity: OperatorIdentity) -> ChangeOrigin {
        ChangeOrigin(actor: .platformOperator(identity.keyID), requestID: requestID, address: remoteAddress)
    }
}
