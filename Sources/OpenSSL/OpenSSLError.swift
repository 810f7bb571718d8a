internal import CLibCrypto

/// A failure inside libcrypto: which call, and the library's own reason. It never carries data.
package struct OpenSSLError: Error, Sendable, CustomStringConvertible {
    package let operation: String
    package let reason: String

    package var description: String { "OpenSSL: \(operation): \(reason)" }

    /// Takes the newest error of this thread's queue and empties the queue (ERR_get_error(3)).
    static func current(_ operation: String) -> OpenSSLError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return OpenSSLError(operation: operation, reason: "unknown") }
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return OpenSSLError(operation: operation, reason: String(decoding: bytes, as: UTF8.self))
    }
}
