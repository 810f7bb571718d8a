import Foundation
import OpenSSL

/// A file that holds a private key in PEM.
struct PrivateKeyFile: Sendable {
    let path: String

    /// A key has a few kilobytes; a larger file is something else.
    private static let maximumBytes = 64 << 10

    /// - Throws: ``PrivateKeyFileError``, which names the cause and nothing of the content.
    func read() throws(PrivateKeyFileError) -> RSASigningKey {
        let pem: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { handle.closeFile() }
            pem = try handle.read(upToCount: Self.maximumBytes + 1) ?? Data()
        } catch {
            throw PrivateKeyFileError(path: path, cause: .unreadable)
        }
        guard pem.count <= Self.maximumBytes else { throw PrivateKeyFileError(path: path, cause: .tooLarge) }
        do throws(RSASigningKeyError) {
            return try RSASigningKey(pem: Array(pem))
        } catch {
            throw PrivateKeyFileError(path: path, cause: .key(error))
        }
    }

    /// A warning where every user of the machine may read the key.
    var warnings: [String] {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & mode_t(S_IROTH) != 0 else { return [] }
        return ["\(path) holds a private key and every user can read it; chmod 640 or less"]
    }
}

/// Why a file gives no key to sign with.
struct PrivateKeyFileError: Error, Sendable, CustomStringConvertible {
    enum Cause: Sendable {
        case unreadable
        case tooLarge
        case key(RSASigningKeyError)
    }

    let path: String
    let cause: Cause

    var description: String {
        switch cause {
        case .unreadable: "\(path) is missing or cannot be read"
        case .tooLarge: "\(path) is larger than 64 KiB: this is no private key"
        case .key(.notAPrivateKey):
            "\(path) holds no private key in PEM (PRIVATE KEY or RSA PRIVATE KEY) without a passphrase"
        case .key(.notRSA): "\(path) holds a key of another algorithm; RSA is expected"
        case .key(.tooShort(let bits)):
            "\(path) holds an RSA key of \(bits) bits; CloudFront takes \(RSASigningKey.minimumBits)"
        }
    }
}
