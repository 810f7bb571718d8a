import Foundation
import Ledger
import TollgateCore

/// A key that would be able to do more than the one that makes it.
struct ExcessiveGrant: Error {
    /// By the members of the API.
    let problems: [MemberProblem]
}

/// What a tenant's admin does with the tenant's own keys.
extension KeyService {
    /// Makes a key that can do no more than the admin's.
    /// - Throws: ``ExcessiveGrant``; `LedgerError.actorEnded`.
    func create(
        _ name: APIKeyName, _ grant: KeyGrant, by identity: Identity, from origin: ChangeOrigin, at now: Date
    ) async throws -> IssuedKey {
        let own = try await own(identity)
        let grant = grant.inheriting(from: own)
        try Self.require(grant, within: own)
        return try await create(
            tenant: identity.tenant.id, name: name, scopes: grant.scopes, constraints: grant.constraints,
            expiresAt: grant.expiresAt, by: origin, at: now)
    }

    /// Makes a key that can do the same as another one, which ends after the overlap.
    ///
    /// Whoever rotates a key gets its secret, so only a key that could have made it may do that.
    /// - Returns: nil where the tenant has no such key.
    /// - Throws: ``ExcessiveGrant``; `LedgerError.keyEnded`, `LedgerError.actorEnded`.
    func rotate(
        _ id: APIKeyID, overlap: TimeInterval, by identity: Identity, from origin: ChangeOrigin, at now: Date
    ) async throws -> IssuedKey? {
        guard let old = try await ledger.apiKey(id, of: identity.tenant.id) else { return nil }
        guard old.isValid(at: now) else { throw LedgerError.keyEnded }
        let grant = KeyGrant(of: old)
        try Self.require(grant, within: try await own(identity))
        let successor = try await issue(
            tenant: identity.tenant.id, name: try APIKeyName(old.name), scopes: grant.scopes,
            constraints: grant.constraints, createdBy: identity.keyID, expiresAt: grant.expiresAt, at: now)
        try await ledger.rotate(
            id, of: identity.tenant.id, to: successor.stored, endingAt: now.addingTimeInterval(overlap), by: origin,
            at: now)
        return successor
    }

    /// Revokes a key, but for the tenant's last valid one that manages keys. Again it does nothing.
    /// - Returns: nil where the tenant has no such key.
    /// - Throws: `LedgerError.lastAdminKey`, `LedgerError.actorEnded`.
    func revoke(
        _ id: APIKeyID, by identity: Identity, from origin: ChangeOrigin, at now: Date
    ) async throws -> StoredAPIKey? {
        try await ledger.revoke(id, of: identity.tenant.id, keepingAdmin: true, by: origin, at: now)
    }

    private func own(_ identity: Identity) async throws -> KeyGrant {
        guard let key = try await ledger.apiKey(identity.keyID, of: identity.tenant.id) else {
            throw LedgerError.actorEnded
        }
        return KeyGrant(of: key)
    }

    private static func require(_ grant: KeyGrant, within own: KeyGrant) throws {
        let problems = grant.excess(over: own)
        guard problems.isEmpty else { throw ExcessiveGrant(problems: problems) }
    }
}
