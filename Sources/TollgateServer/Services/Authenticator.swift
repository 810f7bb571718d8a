import Foundation
import HTTPTypes
import Hummingbird
import Prometheus
import TollgateCore

/// Turns a request's credentials into an identity that may call the route.
struct Authenticator: Sendable {
    let verifier: KeyVerifier
    let tokens: TokenVerifier
    let failures: FailedAuthentications
    let now: @Sendable () -> Date

    /// - Throws: ``Problem``: 401 without a valid key, 403 where the key lacks the scope or the tenant is suspended.
    func authenticate(
        _ request: Request, _ context: GatewayContext, access: RouteAccess, tokens: Bool
    ) async throws -> Identity {
        let (rows, token) = try await verified(request, context)
        let key = rows.key
        guard let tenant = rows.tenant else {
            throw Problem(.forbidden, "This is the operator's key; the call needs a key of a tenant.")
        }
        context.trace.set(LogKeys.tenantID, tenant.id.description)
        try require(access, of: key, token, mayBeToken: tokens)
        if tenant.suspendedAt != nil {
            throw Problem(.tenantSuspended, "The tenant is suspended.")
        }
        return Identity(key: key, tenant: tenant, token: token)
    }

    /// - Throws: ``Problem``: 401 without a valid key, 403 for a tenant's.
    func authenticateOperator(_ request: Request, _ context: GatewayContext) async throws -> OperatorIdentity {
        let (found, token) = try await verified(request, context)
        if let tenant = found.tenant { context.trace.set(LogKeys.tenantID, tenant.id.description) }
        guard token == nil, found.tenant == nil, found.key.scopes.contains(Scope.platformOperator) else {
            throw Problem(.forbidden, "This is a tenant's key; the call needs the operator's.")
        }
        return OperatorIdentity(keyID: found.key.id)
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

    /// The request's key, whosesoever it is: a tenant's, or with no tenant the operator's; and the upload token of it.
    /// - Throws: ``Problem``: 401 without valid credentials, 429 where too many of this client's were not.
    private func verified(
        _ request: Request, _ context: GatewayContext
    ) async throws -> (rows: KeyRows, token: UploadToken?) {
        guard let presented = Self.bearer(request.headers) else { throw Problem.unauthenticated }
        let attempt = AuthenticationAttempt(failures: failures) { context.clientNetwork }
        let found: KeyRows?
        var token: UploadToken?
        if presented.hasPrefix(UploadTokenSigner.prefix) {
            (token, found) = try await tokens.verify(presented, attempt, at: now())
        } else {
            found = try await verifier.verify(presented, attempt, at: now())
        }
        guard let found else {
            failures.wrong.increment()
            throw Problem.unauthenticated
        }
        context.trace.set(LogKeys.keyID, found.key.id.description)
        return (found, token)
    }

    /// The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1); the scheme's case does not matter.
    private static func bearer(_ headers: HTTPFields) -> String? {
        guard var value = headers[.authorization] else { return nil }
        return value.withUTF8 { value in
            // No letter of the scheme but its two cases has these bits; a space has the bit already.
            guard value.prefix(7).elementsEqual("bearer ".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
            let token = value.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
            return String(decoding: UnsafeBufferPointer(rebasing: token), as: UTF8.self)
        }
    }
}
