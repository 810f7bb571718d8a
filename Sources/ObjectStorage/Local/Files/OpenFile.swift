internal import Glibc

/// An open file or directory, closed when nobody holds it any longer. Every call may block: never on an event loop.
///
/// Names are single components, looked up beneath an open directory and never through a symbolic link
/// (openat(2), O_NOFOLLOW), so that no name leads out of the tree.
final class OpenFile: Sendable {
    let descriptor: CInt
    /// Whether ``sync()`` and ``syncData()`` wait for the disk; what is opened beneath a directory does as it does.
    private let syncs: Bool

    private init(_ descriptor: CInt, syncs: Bool) {
        self.descriptor = descriptor
        self.syncs = syncs
    }

    deinit { close(descriptor) }

    /// Opens a directory by its path, which the operator chose: symbolic links in it are followed.
    static func directory(path: String, syncs: Bool) throws(SystemError) -> OpenFile {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .current("open") }
        return OpenFile(descriptor, syncs: syncs)
    }

    func directory(_ name: String) throws(SystemError) -> OpenFile {
        try opened(name, O_RDONLY | O_DIRECTORY, "openat directory")
    }

    /// Opens for reading. O_NONBLOCK: a pipe that somebody put into the tree must not hang the thread.
    func file(_ name: String) throws(SystemError) -> OpenFile {
        try opened(name, O_RDONLY | O_NONBLOCK, "openat")
    }

    /// Makes a file that was not there.
    func create(_ name: String) throws(SystemError) -> OpenFile {
        try opened(name, O_RDWR | O_CREAT | O_EXCL, "openat create")
    }

    private func opened(_ name: String, _ flags: CInt, _ operation: String) throws(SystemError) -> OpenFile {
        let result = openat(descriptor, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard result >= 0 else { throw .current(operation) }
        return OpenFile(result, syncs: syncs)
    }

    func status() throws(SystemError) -> FileStatus {
        var result = stat()
        guard fstat(descriptor, &result) == 0 else { throw .current("fstat") }
        return FileStatus(result)
    }

    func status(of name: String) throws(SystemError) -> FileStatus {
        var result = stat()
        guard fstatat(descriptor, name, &result, AT_SYMLINK_NOFOLLOW) == 0 else { throw .current("fstatat") }
        return FileStatus(result)
    }

    func makeDirectory(_ name: String) throws(SystemError) {
        guard mkdirat(descriptor, name, 0o750) == 0 else { throw .current("mkdirat") }
    }

    func removeDirectory(_ name: String) throws(SystemError) {
        guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else { throw .current("rmdir") }
    }

    func remove(_ name: String) throws(SystemError) {
        guard unlinkat(descriptor, name, 0) == 0 else { throw .current("unlinkat") }
    }

    func rename(_ name: String, to directory: OpenFile, _ newName: String) throws(SystemError) {
        guard renameat(descriptor, name, directory.descriptor, newName) == 0 else { throw .current("renameat") }
    }

    /// Waits until all of the file is on the disk (fsync(2)).
    func sync() throws(SystemError) {
        guard !syncs || fsync(descriptor) == 0 else { throw .current("fsync") }
    }

    /// Waits until the content is on the disk (fdatasync(2)).
    func syncData() throws(SystemError) {
        guard !syncs || fdatasync(descriptor) == 0 else { throw .current("fdatasync") }
    }

    func setModified(_ time: FileTime) throws(SystemError) {
        let value = timespec(tv_sec: time.seconds, tv_nsec: time.nanoseconds)
        guard futimens(descriptor, [value, value]) == 0 else { throw .current("futimens") }
    }

    /// Takes the exclusive lock of flock(2), which ends with this object, or with the process.
    func lock() throws(SystemError) {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .current("flock") }
        }
    }

    /// - Returns: false when another open file, in this process or another, holds the lock.
    func lockIfFree() throws(SystemError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        let error = SystemError.current("flock")
        guard error.isLockHeld else { throw error }
        return false
    }
}
