internal import CLibCrypto

/// A private RSA key that signs with PKCS#1 v1.5 (RFC 8017, section 8.2). It never shows: not in a description, not in an
/// error, not by reflection.
///
/// The key is only read after `init`, and libcrypto allows that from several threads at once (EVP_PKEY_new(3),
/// OpenSSL's "Thread safety"): each signature has a context of its own. That makes it `Sendable`.
package final class RSASigningKey: @unchecked Sendable {
    /// Shorter keys are refused. CloudFront takes RSA keys of just this length.
    package static let minimumBits = 2_048

    private let key: OpaquePointer

    /// Reads a key from PEM: `RSA PRIVATE KEY` (PKCS#1) or `PRIVATE KEY` (PKCS#8), without a passphrase.
    ///
    /// - Parameter pem: the text of the file, as bytes.
    /// - Throws: ``RSASigningKeyError``; it holds nothing of the text.
    package init(pem: [UInt8]) throws(RSASigningKeyError) {
        guard let bio = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else {
            throw .notAPrivateKey(.current("BIO_new_mem_buf"))
        }
        defer { BIO_free(bio) }
        // Without a callback of ours, libcrypto would ask the terminal for the passphrase of an encrypted key.
        guard let key = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil) else {
            throw .notAPrivateKey(.current("PEM_read_bio_PrivateKey"))
        }
        let bits = Int(EVP_PKEY_get_bits(key))
        guard EVP_PKEY_is_a(key, "RSA") == 1 else {
            EVP_PKEY_free(key)
            throw .notRSA
        }
        guard bits >= Self.minimumBits else {
            EVP_PKEY_free(key)
            throw .tooShort(bits: bits)
        }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// The signature of a message's digest (EVP_DigestSign(3)).
    ///
    /// - Parameters:
    ///   - message: what is signed.
    ///   - algorithm: the digest. SHA-1 is for what knows no other, CloudFront for one.
    /// - Returns: as many bytes as the key has.
    /// - Throws: ``OpenSSLError`` where the system's policy forbids the digest in signatures.
    package func sign(_ message: [UInt8], _ algorithm: DigestAlgorithm) throws(OpenSSLError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .current("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, algorithm.method, nil, key) == 1 else {
            throw .current("EVP_DigestSignInit")
        }
        var length = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw .current("EVP_DigestSign")
        }
        return Array(signature.prefix(length))
    }
}

extension RSASigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "RSASigningKey" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a text is no key to sign with.
package enum RSASigningKeyError: Error, Sendable {
    /// No PEM, another kind of PEM, or one that asks for a passphrase.
    case notAPrivateKey(OpenSSLError)
    /// A key, but of another algorithm.
    case notRSA
    case tooShort(bits: Int)
}
