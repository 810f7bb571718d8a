import Foundation
import HTTPTypes
import Hummingbird
import TollgateCore

/// Turns a request's credentials into an identity that may call the route.
struct Authenticator: Sendable {
    let verifier: KeyVerifier
    let now: @Sendable () -> Date

    /// - Throws: ``Problem``: 401 without a valid key, 403 where the key lacks the scope or the tenant is suspended.
    func authenticate(
        _ request: Request, _ context: GatewayContext, access: RouteAccess
    ) async throws -> Identity {
        let found = try await verifiedKey(request, context)
        let key = found.key
        guard let tenant = found.tenant else {
            throw Problem(.forbidden, "This is the operator's key; the call needs a key of a tenant.")
        }
        context.trace.set(LogKeys.tenantID, tenant.id.description)
        if case .scope(let scope) = access, !key.scopes.contains(ScopeSet(scope)) {
            throw Problem(.forbidden, "The key lacks the scope \(scope.rawValue).")
        }
        if tenant.suspendedAt != nil {
            throw Problem(.tenantSuspended, "The tenant is suspended.")
        }
        return Identity(keyID: key.id, scopes: key.scopes, constraints: key.constraints, tenant: tenant)
    }

    /// - Throws: ``Problem``: 401 without a valid key, 403 for a tenant's.
    func authenticateOperator(_ request: Request, _ context: GatewayContext) async throws -> OperatorIdentity {
        let found = try await verifiedKey(request, context)
        if let tenant = found.tenant { context.trace.set(LogKeys.tenantID, tenant.id.description) }
        guard found.tenant == nil, found.key.scopes.contains(Scope.platformOperator) else {
            throw Problem(.forbidden, "This is a tenant's key; the call needs the operator's.")
        }
        return OperatorIdentity(keyID: found.key.id)
    }

    /// The request's key, whosesoever it is: a tenant's, or with no tenant the operator's.
    /// - Throws: ``Problem``: 401 without a valid key.
    private func verifiedKey(
        _ request: Request, _ context: GatewayContext
    ) async throws -> KeyRows {
        guard let presented = Self.bearer(request.headers) else { throw Problem.unauthenticated }
        guard let found = try await verifier.verify(presented, at: now()) else { throw Problem.unauthenticated }
        context.trace.set(LogKeys.keyID, found.key.id.description)
        return found
    }

    /// The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1); the scheme's case does not matter.
    private static func bearer(_ headers: HTTPFields) -> String? {
        guard let value = headers[.authorization] else { return nil }
        let (scheme, rest) = (value.utf8.prefix(7), value.utf8.dropFirst(7))
        // No letter of the scheme but its two cases has these bits; a space has the bit already.
        guard scheme.lazy.map({ $0 | 0x20 }).elementsEqual("bearer ".utf8) else { return nil }
        return String(Substring(rest.drop { $0 == UInt8(ascii: " ") }))
    }
}
