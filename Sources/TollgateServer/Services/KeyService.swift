package import Argon2
package import Foundation
package import Ledger
import OpenSSL
package import TollgateCore

/// A key just made: the one moment at which its secret can be shown.
package struct IssuedKey: Sendable {
    package let secret: APIKey
    package let stored: StoredAPIKey
}

/// Makes, lists and revokes API keys.
package struct KeyService: Sendable {
    let ledger: Ledger
    private let parameters: Argon2Parameters
    private let argon2: Argon2Pool?

    /// - Parameters:
    ///   - ledger: where the keys are.
    ///   - settings: what a hash costs.
    ///   - argon2: the threads that hash. Without them each new key takes one of its own, which is enough for a command.
    /// - Throws: `Argon2Error` for costs that argon2 does not know.
    package init(ledger: Ledger, settings: Settings.Keys, argon2: Argon2Pool? = nil) throws {
        self.ledger = ledger
        self.argon2 = argon2
        parameters = try settings.argon2Parameters()
    }

    /// Makes a key without storing it: its hash, not its secret, is what may be stored.
    /// - Throws: `OpenSSLError` without entropy; `Argon2Error`.
    package func issue(
        tenant: TenantID?, name: APIKeyName, scopes: ScopeSet, constraints: KeyConstraints = .none,
        createdBy: APIKeyID? = nil, expiresAt: Date? = nil, at now: Date
    ) async throws -> IssuedKey {
        let secret = try APIKey.generate { count throws(OpenSSLError) in try RandomBytes.generate(count) }
        let hash = try await hash(secret)
        var random = SystemRandomNumberGenerator()
        var ids = UUIDv7Sequence()
        return IssuedKey(
            secret: secret,
            stored: StoredAPIKey(
                id: APIKeyID(ids.next(now: now, using: &random)), publicID: secret.publicID, tenantID: tenant,
                name: name.rawValue, hash: hash, scopes: scopes, constraints: constraints, createdAt: now,
                createdBy: createdBy, expiresAt: expiresAt, revokedAt: nil, lastUsedAt: nil))
    }

    private func hash(_ secret: APIKey) async throws -> String {
        let salt = try RandomBytes.generate(16)
        if let argon2 { return try await argon2.hash(Array(secret.reveal().utf8), salt: salt) }
        let parameters = parameters
        return try await Task.detached {
            try Argon2id.hash(Array(secret.reveal().utf8), salt: salt, parameters: parameters)
        }.value
    }

    /// Makes a key and stores it.
    package func create(
        tenant: TenantID?, name: APIKeyName, scopes: ScopeSet, constraints: KeyConstraints = .none,
        expiresAt: Date? = nil, by origin: ChangeOrigin, at now: Date
    ) async throws -> IssuedKey {
        let issued = try await issue(
            tenant: tenant, name: name, scopes: scopes, constraints: constraints,
            createdBy: origin.actor.keyID, expiresAt: expiresAt, at: now)
        try await ledger.insert(issued.stored, by: origin, at: now)
        return issued
    }

    /// The keys of a tenant, newest first; with nil the operator's.
    package func list(of tenant: TenantID?) async throws -> [StoredAPIKey] {
        try await ledger.apiKeys(of: tenant)
    }

    /// Revokes any key, a tenant's last one too: the operator can always make another.
    /// - Returns: nil where this tenant has no such key.
    package func revoke(
        _ id: APIKeyID, of tenant: TenantID?, by origin: ChangeOrigin, at now: Date
    ) async throws -> StoredAPIKey? {
        try await ledger.revoke(id, of: tenant, keepingAdmin: false, by: origin, at: now)
    }
}

extension AuditActor {
    /// The key that was used; nil for a command.
    package var keyID: APIKeyID? {
        switch self {
        case .key(let id), .platformOperator(let id): id
        case .console: nil
        }
    }
}

extension Settings.Keys {
    /// - Throws: `Argon2Error` for costs that argon2 does not know.
    func argon2Parameters() throws -> Argon2Parameters {
        try Argon2Parameters(
            memoryKiB: UInt32(argon2MemoryKiB), iterations: UInt32(argon2Iterations),
            parallelism: UInt32(argon2Parallelism))
    }
}
