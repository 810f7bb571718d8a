package import Foundation

/// An API key as the ledger has it: all but the secret.
package struct StoredAPIKey: Sendable, Equatable {
    package let id: APIKeyID
    /// The part of the key that may be shown.
    package let publicID: APIKeyPublicID
    /// nil: a key of the platform's operator.
    package let tenantID: TenantID?
    package let name: String
    /// argon2id, a PHC string.
    package let hash: String
    package let scopes: ScopeSet
    package let constraints: KeyConstraints
    package let createdAt: Date
    package let createdBy: APIKeyID?
    package let expiresAt: Date?
    package let revokedAt: Date?
    package let lastUsedAt: Date?

    package init(
        id: APIKeyID, publicID: APIKeyPublicID, tenantID: TenantID?, name: String, hash: String, scopes: ScopeSet,
        constraints: KeyConstraints, createdAt: Date, createdBy: APIKeyID?, expiresAt: Date?, revokedAt: Date?,
        lastUsedAt: Date?
    ) {
        self.id = id
        self.publicID = publicID
        self.tenantID = tenantID
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.constraints = constraints
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }

    /// Whether the key may be used at this moment.
    package func isValid(at now: Date) -> Bool {
        if let revokedAt, revokedAt <= now { return false }
        if let expiresAt, expiresAt <= now { return false }
        return true
    }
}
