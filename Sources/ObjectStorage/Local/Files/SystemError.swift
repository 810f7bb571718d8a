internal import Glibc

/// A system call that failed: which one and why. It carries no path, as paths hold keys.
struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    let operation: String
    let code: CInt

    /// Takes `errno`, so it must be the first thing done after the failed call.
    static func current(_ operation: String) -> SystemError {
        SystemError(operation: operation, code: errno)
    }

    var description: String { "\(operation): \(String(cString: strerror(code)))" }

    /// A component of the path, or the file itself, is not there.
    var isMissing: Bool { code == ENOENT }
    var isPresent: Bool { code == EEXIST }
    /// A component that ought to be a directory is a file or a symbolic link.
    var isNoDirectory: Bool { code == ENOTDIR || code == ELOOP }
    /// A directory stands where a file ought to go, or still holds something.
    var isOccupied: Bool { code == EISDIR || code == ENOTEMPTY || code == EEXIST }
    var isNameTooLong: Bool { code == ENAMETOOLONG }
    var isLockHeld: Bool { code == EWOULDBLOCK }
}
