internal import NIOCore
internal import OpenSSL
internal import Synchronization

/// A file being received: written and hashed piece by piece, in `.incoming/`. Every call may block.
final class IncomingFile: Sendable {
    /// Locked for as long as this process uses it, which is how a start-up tells a leftover from a file in use.
    let file: OpenFile
    let directory: OpenFile
    let name: String
    private let digests: Mutex<Digests>

    private struct Digests: ~Copyable {
        var md5: Digest?
        var sha256: Digest?
    }

    struct Result: Sendable {
        let md5: [UInt8]
        let sha256: [UInt8]?
    }

    init(in tree: LocalTree, for key: LocalKey, hashesSHA256: Bool) throws {
        directory = try tree.incoming()
        (file, name) = try Self.create(in: directory, digest: key.digest)
        digests = Mutex(Digests(md5: try Digest(.md5), sha256: hashesSHA256 ? try Digest(.sha256) : nil))
    }

    /// Makes the file and takes its lock. Between the two a starting process may take it for a leftover and remove
    /// it; then there is another.
    private static func create(in directory: OpenFile, digest: String) throws -> (OpenFile, String) {
        while true {
            let name = "\(digest).\(Hex.encode(try RandomBytes.generate(8)))"
            let file = try directory.create(name)
            try file.lock()
            if try file.status().links > 0 { return (file, name) }
        }
    }

    /// Adds bytes to the file.
    func write(_ bytes: ByteBuffer) throws(SystemError) {
        let result = bytes.withUnsafeReadableBytes { bytes in
            Swift.Result { () throws(SystemError) in try file.write(bytes) }
        }
        try result.get()
    }

    /// Sends the disk what was written so far; more may be written meanwhile.
    func syncData() throws(SystemError) {
        try file.syncData()
    }

    /// Adds bytes to the digests.
    func hash(_ bytes: ByteBuffer) {
        digests.withLock { digests in
            bytes.withUnsafeReadableBytes { bytes in
                digests.md5?.update(bytes)
                digests.sha256?.update(bytes)
            }
        }
    }

    /// Ends the digests; nothing can be added afterwards.
    func finish() throws -> Result {
        try digests.withLock { digests in
            guard let md5 = digests.md5.take() else {
                throw ObjectStorageError.unavailable(reason: "an object was finished twice")
            }
            return Result(md5: md5.finish(), sha256: digests.sha256.take()?.finish())
        }
    }

    func discard() throws(SystemError) {
        do {
            try directory.remove(name)
        } catch {
            guard error.isMissing else { throw error }
        }
    }
}
