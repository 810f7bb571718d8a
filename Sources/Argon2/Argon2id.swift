internal import CArgon2

/// argon2id (RFC 9106) over the system's libargon2. Each call takes the time and memory of its parameters on the
/// calling thread: a server uses ``Argon2Pool``.
package enum Argon2id {
    /// Length of a hash in bytes.
    private static let hashBytes = 32

    /// A PHC string for the password. The salt is at least 8 bytes (16 is usual), random, and new for each hash.
    ///
    /// - Throws: ``Argon2Error/library(code:reason:)``, for a salt too short or for lack of memory.
    package static func hash(
        _ password: [UInt8], salt: [UInt8], parameters: Argon2Parameters
    ) throws(Argon2Error) -> String {
        let length = argon2_encodedlen(
            parameters.memoryKiB, parameters.iterations, parameters.parallelism, UInt32(clamping: salt.count),
            UInt32(hashBytes), Argon2_id)
        var text = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            parameters.iterations, parameters.memoryKiB, parameters.parallelism, password, password.count,
            salt, salt.count, hashBytes, &text, length)
        guard code == ARGON2_OK.rawValue else { throw failure(code) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether `encoded`, a PHC string, is a hash of the password. libargon2 compares in constant time.
    ///
    /// - Throws: ``Argon2Error`` when the text is no hash, or for lack of memory; never for a wrong password.
    package static func verify(_ password: [UInt8], encoded: String) throws(Argon2Error) -> Bool {
        // Read first, so that costs out of range are refused before any memory is taken.
        _ = try PHCString(encoded)
        let code = encoded.withCString { argon2id_verify($0, password, password.count) }
        switch code {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        default: throw failure(code)
        }
    }

    private static func failure(_ code: Int32) -> Argon2Error {
        .library(code: code, reason: argon2_error_message(code).map { String(cString: $0) } ?? "unknown")
    }
}
