import Foundation

/// The right to use a cluster's directory: held by one process, by one owner in it, and let go by the kernel when
/// that process dies, however it dies.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``PostgresClusterError/alreadyRunning(directory:processID:)`` when another owner has it.
    init(directory: String) throws {
        let path = directory + "/lock"
        // flock(2) is bound to this opening of the file, so it also keeps out a second owner in this very process.
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw systemFailure("open", path) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = max(0, read(opened, &bytes, bytes.count))
            close(opened)
            guard code == EWOULDBLOCK else { throw systemFailure("lock", path, code: code) }
            let text = String(decoding: bytes[..<count], as: UTF8.self)
            throw PostgresClusterError.alreadyRunning(
                directory: directory, processID: Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        descriptor = opened
        let note = Array("\(getpid())\n".utf8)
        guard ftruncate(opened, 0) == 0, write(opened, note, note.count) == note.count else {
            throw systemFailure("write", path)
        }
    }

    deinit {
        // A process that this one begins shares the descriptor until its program is loaded, which takes long on a busy
        // machine. Closing would leave the lock to it; unlocking ends it for all who share. Source: flock(2).
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
