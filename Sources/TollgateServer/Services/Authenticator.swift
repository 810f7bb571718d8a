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
        if let tenant = rows.tenant { context.trace.set(LogKeys.tenantID, tenant.id.description) }
        return try identity(rows, token, access: access, mayBeToken: tokens)
    }

    /// The same where nothing has to be waited for and nothing stands against it, by the value of `Authorization`.
    /// - Returns: nil where it is not so, whatever the reason. Nothing is counted, see ``countHit(of:)``.
    func authenticateAtOnce(_ authorization: String, access: RouteAccess, tokens mayBeToken: Bool) -> Identity? {
        guard let presented = Self.bearer(authorization) else { return nil }
        var token: UploadToken?
        let found: KeyRows?
        if presented.hasPrefix(UploadTokenSigner.prefix) {
            let verified = tokens.verifyAtOnce(presented, at: now())
            (token, found) = (verified?.token, verified?.found)
        } else {
            found = verifier.verifyAtOnce(presented, at: now())
        }
        guard let found else { return nil }
        do {
            return try identity(found, token, access: access, mayBeToken: mayBeToken)
        } catch {
            return nil
        }
    }

    /// Counts that memory knew an identity which ``authenticateAtOnce(_:access:tokens:)`` found, once it was of use.
    func countHit(of identity: Identity) {
        (identity.token == nil ? verifier.cache : tokens.cache).countHit()
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

    /// Who calls, if these credentials may call the route.
    private func identity(
        _ rows: KeyRows, _ token: UploadToken?, access: RouteAccess, mayBeToken: Bool
    ) throws(Problem) -> Identity {
        guard let tenant = rows.tenant else {
            throw Problem(.forbidden, "This is the operator's key; the call needs a key of a tenant.")
        }
        try require(access, of: rows.key, token, mayBeToken: mayBeToken)
        if tenant.suspendedAt != nil {
            throw Problem(.tenantSuspended, "The tenant is suspended.")
        }
        return Identity(key: rows.key, tenant: tenant, token: token)
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
        guard let presented = request.headers[.authorization].flatMap(Self.bearer) else {
            throw Problem.unauthenticated
        }
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
    private static func bearer(_ authorization: String) -> String? {
        var value = authorization
        return value.withUTF8 { value in
            // No letter of the scheme but its two cases has these bits; a space has the bit already.
            guard value.prefix(7).elementsEqual("bearer ".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
            let token = value.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
            return String(decoding: UnsafeBufferPointer(rebasing: token), as: UTF8.self)
        }
    }
}
