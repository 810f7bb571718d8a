internal import CLibCrypto

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
package enum HMACSHA256 {
    /// - Returns: 32 bytes.
    package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { authenticate($0, key: key) }
    }

    package static func authenticate(_ message: String, key: [UInt8]) -> [UInt8] {
        var message = message
        return message.withUTF8 { authenticate(UnsafeRawBufferPointer($0), key: key) }
    }

    package static func authenticate(_ message: UnsafeRawBufferPointer, key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            // HMAC(3) takes a null key as "the key of the call before": an empty key must point somewhere.
            let result = HMAC(
                EVP_sha256(), key.isEmpty ? [0] : key, Int32(key.count),
                message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count,
                buffer.baseAddress, &length)
            precondition(result != nil, "HMAC failed")
            count = Int(length)
        }
    }
}
