internal import CLibCrypto

/// The digests this project uses, by the names of FIPS 180-4 and RFC 1321.
package enum DigestAlgorithm: Sendable {
    case md5
    case sha1
    case sha256

    /// Length of the result in bytes.
    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        }
    }

    /// libcrypto's own constant method tables: never freed, safe from every thread (EVP_sha256(3)).
    var method: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        }
    }
}

/// A digest computed piece by piece, for bytes that are never held whole.
///
/// Source: OpenSSL 3.0, EVP_DigestInit(3).
package struct Digest: ~Copyable {
    private let context: OpaquePointer
    private let algorithm: DigestAlgorithm

    /// - Throws: ``OpenSSLError`` when libcrypto cannot provide the algorithm (MD5 on a host in FIPS mode, for one).
    package init(_ algorithm: DigestAlgorithm) throws(OpenSSLError) {
        guard let context = EVP_MD_CTX_new() else { throw .current("EVP_MD_CTX_new") }
        guard EVP_DigestInit_ex(context, algorithm.method, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .current("EVP_DigestInit_ex")
        }
        self.context = context
        self.algorithm = algorithm
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // Cannot fail after a successful init: it only reads memory (EVP_DigestUpdate(3)).
        let result = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(result == 1, "EVP_DigestUpdate failed")
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the computation and answers the digest's bytes.
    package consuming func finish() -> [UInt8] {
        let context = context
        return [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { buffer, count in
            var length: UInt32 = 0
            let result = EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
            precondition(result == 1, "EVP_DigestFinal_ex failed")
            count = Int(length)
        }
    }

    /// The digest of bytes already in memory.
    package static func of(
        _ bytes: UnsafeRawBufferPointer, _ algorithm: DigestAlgorithm
    ) throws(OpenSSLError) -> [UInt8] {
        var digest = try Digest(algorithm)
        digest.update(bytes)
        return digest.finish()
    }
}

/// SHA-256 (FIPS 180-4) of bytes in memory.
package enum SHA256 {
    /// - Returns: 32 bytes.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }

    package static func hash(_ text: String) -> [UInt8] {
        hash(Array(text.utf8))
    }

    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            // SHA-256 is in every provider, FIPS included, so that this fails only without memory.
            let result = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &length, EVP_sha256(), nil)
            precondition(result == 1, "EVP_Digest failed")
            count = Int(length)
        }
    }
}
