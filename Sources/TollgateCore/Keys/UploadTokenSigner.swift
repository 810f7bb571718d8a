package import Foundation
internal import OpenSSL

/// Signs upload tokens and verifies them, with nothing but a secret: no look-up tells whether a token is genuine.
///
/// A token is `tgt_<id of the secret>.<content>.<signature>`: the id is 6 digits of base62 that name the secret without
/// giving anything of it away, the content is JSON in base64url, the signature HMAC-SHA-256 over all that stands before
/// its dot, in base62. Whoever changes the secret keeps the one before for a while, so that no token ends early.
package struct UploadTokenSigner: Sendable {
    private let current: SigningSecret
    private let previous: SigningSecret?

    /// What tells a token from an API key.
    package static let prefix = "tgt_"
    /// Bytes of the longest token: one that was longer would not fit into a header everywhere.
    package static let maximumBytes = 4_096

    /// - Parameters:
    ///   - secret: signs and verifies.
    ///   - previous: only verifies.
    package init(secret: String, previous: String? = nil) {
        current = SigningSecret(secret)
        self.previous = previous.map { SigningSecret($0) }
    }

    /// - Returns: nil where the token would have more than ``maximumBytes``.
    package func sign(_ token: UploadToken) -> String? {
        let signed = "\(Self.prefix)\(current.id).\(Base64URL.encode(token.payload))"
        let text = "\(signed).\(current.signature(of: signed))"
        return text.utf8.count <= Self.maximumBytes ? text : nil
    }

    /// - Returns: nil for whatever was not signed with one of the secrets, and for a token whose time is over.
    package func verify(_ text: String, at now: Date) -> UploadToken? {
        guard text.utf8.count <= Self.maximumBytes, text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let secret = [current, previous].compactMap(\.self).first(where: { $0.id == parts[0] })
        else { return nil }
        let signature = secret.signature(of: String(text[..<parts[1].endIndex]))
        guard constantTimeEquals(signature.utf8, parts[2].utf8),
            let token = Base64URL.decode(parts[1]).flatMap({ UploadToken(payload: $0) }), token.expiresAt > now
        else { return nil }
        return token
    }
}

/// A secret that signs tokens. Whatever prints or reflects it shows its id only.
private struct SigningSecret: Sendable, CustomStringConvertible, CustomReflectable {
    let id: String
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
        let digest = HMACSHA256.authenticate("id of a secret that signs upload tokens", key: bytes)
        id = Base62.encode(digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }

    func signature(of text: String) -> String {
        Base62.encode(HMACSHA256.authenticate(text, key: bytes))
    }

    var description: String { id }
    var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
