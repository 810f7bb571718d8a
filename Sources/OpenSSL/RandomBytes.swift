internal import CLibCrypto

/// Bytes fit for keys, from libcrypto's CSPRNG.
package enum RandomBytes {
    /// - Throws: ``OpenSSLError`` when the system gives no entropy. Never falls back to anything weaker.
    package static func generate(_ count: Int) throws(OpenSSLError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .current("RAND_bytes") }
        return bytes
    }
}
