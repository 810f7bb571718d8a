import Foundation

/// A file without a name, gone with its owner.
final class UnnamedFile: Sendable {
    let descriptor: Int32

    init(content: String) throws {
        var generator = SystemRandomNumberGenerator()
        let path = "/tmp/tollgate.\(String(generator.next() as UInt64, radix: 36))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw systemFailure("create", path) }
        guard unlink(path) == 0 else { throw systemFailure("delete", path) }
        let bytes = Array(content.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw systemFailure("write", "a temporary file")
        }
    }

    deinit { close(descriptor) }

    func content() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(bytes.count))
            guard count >= 0 else { throw systemFailure("read", "a temporary file") }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
