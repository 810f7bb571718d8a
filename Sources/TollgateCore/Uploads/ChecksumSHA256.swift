internal import Foundation

/// The SHA-256 of a file as S3 writes it: base64 of 32 bytes, 44 characters.
///
/// Source: Amazon S3 User Guide, "Checking object integrity" (`x-amz-checksum-sha256`).
package struct ChecksumSHA256: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// - Returns: nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// - Returns: nil unless the text is the one canonical base64 form (RFC 4648, section 4) of 32 bytes: no line
    ///   breaks, no missing padding, no stray bits in the last character, no composite suffix (`-2`).
    package init?(base64 text: String) {
        guard text.utf8.count == 44, let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
            return nil
        }
        self.init(bytes: data)
    }

    /// 44 characters.
    package var base64: String { Data(bytes).base64EncodedString() }

    package var description: String { base64 }
}
