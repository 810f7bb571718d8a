package import OpenSSL

/// Signs CloudFront URLs with a canned policy: one URL, until one instant.
///
/// Source: Amazon CloudFront Developer Guide, "Create a signed URL using a canned policy".
package struct CloudFrontSigner: Sendable {
    private let keyPairID: String
    private let key: RSASigningKey

    /// - Parameters:
    ///   - keyPairID: the id of the public key in CloudFront, `K2JCJMDEHXQW5F` for one.
    ///   - key: the private key to it.
    package init(keyPairID: String, key: RSASigningKey) {
        self.keyPairID = keyPairID
        self.key = key
    }

    /// - Parameters:
    ///   - url: with its own query, if any; percent-encoded, so that it stands in the policy as it is.
    ///   - expiresAtEpoch: the end, in seconds of Unix time.
    /// - Returns: the URL with `Expires`, `Signature` and `Key-Pair-Id` appended, in this order.
    /// - Throws: `OpenSSLError` when the key cannot sign.
    package func sign(_ url: String, expiresAtEpoch: Int64) throws(OpenSSLError) -> String {
        let policy = Self.cannedPolicy(url, expiresAtEpoch: expiresAtEpoch)
        // CloudFront knows no other digest.
        let signature = Base64.encode(try key.sign(Array(policy.utf8), .sha1))
        let separator = url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return "\(url)\(separator)Expires=\(expiresAtEpoch)&Signature=\(Self.urlSafe(signature))"
            + "&Key-Pair-Id=\(URIEncoding.encode(keyPairID, keepingSlash: false))"
    }

    /// Not sent: CloudFront builds it anew from the request, so that every byte counts, white space too.
    static func cannedPolicy(_ url: String, expiresAtEpoch: Int64) -> String {
        "{\"Statement\":[{\"Resource\":\"\(url)\","
            + "\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":\(expiresAtEpoch)}}}]}"
    }

    /// CloudFront's own alphabet for what a query cannot carry.
    private static func urlSafe(_ base64: String) -> String {
        let bytes = base64.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "="): UInt8(ascii: "_")
            case UInt8(ascii: "/"): UInt8(ascii: "~")
            default: byte
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
