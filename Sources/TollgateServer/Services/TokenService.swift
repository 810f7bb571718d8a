import Foundation
import TollgateCore

/// Makes upload tokens. Nothing is stored: a token's signature says that it is genuine, its key's row that it holds.
struct TokenService: Sendable {
    let signer: UploadTokenSigner
    let now: @Sendable () -> Date

    /// - Throws: ``Problem``: 403 for constraints looser than the key's, 422 for more of them than fit into a token.
    func issue(_ request: TokenRequest, by identity: Identity) throws -> IssuedToken {
        let constraints = request.constraints.inheriting(from: identity.key.constraints)
        guard constraints.isAtLeastAsTight(as: identity.key.constraints) else {
            var problem = Problem(.forbidden, "A token cannot have looser constraints than the key that makes it.")
            problem.members = [MemberProblem(pointer: "/constraints", detail: "are looser than the key's")]
            throw problem
        }
        let wanted = now().addingTimeInterval(TimeInterval(request.lifetimeSeconds))
        let token = UploadToken(
            key: identity.key.publicID, uploadedBy: request.uploadedBy, constraints: request.constraints,
            expiresAt: min(wanted, identity.key.expiresAt ?? wanted))
        guard let text = signer.sign(token) else {
            throw Problem.invalid([
                MemberProblem(
                    pointer: "/constraints/allowed_types",
                    detail: "make a token of more than \(UploadTokenSigner.maximumBytes) bytes")
            ])
        }
        return IssuedToken(text: text, expiresAt: token.expiresAt)
    }
}

/// A token just made.
struct IssuedToken: Answer {
    let text: String
    let expiresAt: Date

    func write(to json: inout JSONWriter) {
        json.member("token", text)
        json.member("expires_at", expiresAt)
    }
}
