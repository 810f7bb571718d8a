import NIOCore
import OpenSSL
import TollgateCore

/// SHA-256 of bytes that come in pieces.
struct SHA256Accumulator: ~Copyable {
    private var digest: Digest

    init() throws(OpenSSLError) { digest = try Digest(.sha256) }

    mutating func add(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { digest.update($0) }
    }

    consuming func checksum() -> ChecksumSHA256 {
        guard let checksum = ChecksumSHA256(bytes: digest.finish()) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return checksum
    }
}
