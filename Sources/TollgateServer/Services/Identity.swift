import TollgateCore

/// Who a request speaks for: a key and the tenant it belongs to, as they are now, and the key's upload token where the
/// request came with one.
struct Identity: Sendable {
    let key: StoredAPIKey
    let tenant: Tenant
    var token: UploadToken?

    var keyID: APIKeyID { key.id }

    /// The only end user that may be spoken for; nil: any.
    var uploader: UploaderName? { token?.uploadedBy }

    /// What this key, or this token of it, may upload for its tenant.
    var policy: UploadPolicy {
        UploadPolicy(
            limits: tenant.limits, constraints: token?.constraints.inheriting(from: key.constraints) ?? key.constraints)
    }
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
