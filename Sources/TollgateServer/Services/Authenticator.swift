import Foundation
import HTTPTypes
import Hummingbird
import TollgateCore

/// Turns a request's credentials into an identity that may call the route.
struct Authenticator: Sendable {
    let verifier: KeyVerifier
    let tokens: UploadTokenSigner
    let now: @Sendable () -> Date

    /// - Throws: ``Problem``: 401 without a valid key, 403 where the key lacks the scope or the tenant is suspended.
    func authenticate(
        _ request: Request, _ context: GatewayContext, access: RouteAccess, tokens: Bool
    ) async throws -> Identity {
        guard let presented = Self.bearer(request.headers) else { throw Problem.unauthenticated }
        let token = presented.hasPrefix(UploadTokenSigner.prefix) ? self.tokens.verify(presented, at: now()) : nil
        let verified =
            if let token {
                try await verifier.key(token.key, at: now())
            } else {
                try await verifier.verify(presented, at: now())
            }
        guard let (key, tenant) = verified else { throw Problem.unauthenticated }
        context.trace.set(LogKeys.keyID, key.id.description)
        guard let tenant else {
            throw Problem(.forbidden, "This is the operator's key; the call needs a key of a tenant.")
        }
        context.trace.set(LogKeys.tenantID, tenant.id.description)
        try require(access, of: key, token, mayBeToken: tokens)
        if tenant.suspendedAt != nil {
            throw Problem(.tenantSuspended, "The tenant is suspended.")
        }
        return Identity(key: key, tenant: tenant, token: token)
    }

    /// A token may do a part of what `uploads:write` allows its key, on the routes that are made for it.
    private func require(
        _ access: RouteAccess, of key: StoredAPIKey, _ token: UploadToken?, mayBeToken: Bool
    ) throws(Problem) {
        guard token == nil || mayBeToken else {
            throw Problem(.forbidden, "An upload token cannot do this; the call needs a key.")
        }
        guard case .scope(let scope) = access else { return }
        let needed = token == nil ? scope : .uploadsWrite
        guard key.scopes.contains(ScopeSet(needed)) else {
            throw Problem(.forbidden, "The key lacks the scope \(needed.rawValue).")
        }
    }

    /// The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1); the scheme's case does not matter.
    private static func bearer(_ headers: HTTPFields) -> String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1]).trimmingCharacters(in: .whitespaces)
    }
}
