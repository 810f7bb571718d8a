import Foundation

/// Makes a folder with exactly these permissions.
///
/// - Parameters:
///   - path: its parent exists, it does not.
///   - permissions: not narrowed by the umask.
///   - owner: who gets it; nil leaves it ours.
/// - Throws: ``PostgresClusterError/system(operation:path:message:)``.
func makeFolder(_ path: String, permissions: mode_t, owner: ServerAccount? = nil) throws {
    guard mkdir(path, 0o700) == 0 else { throw systemFailure("create", path) }
    if let owner { try give(path, to: owner) }
    guard chmod(path, permissions) == 0 else { throw systemFailure("set the permissions of", path) }
}

/// Gives a file to the account that runs the server; nothing happens when that is ourselves.
func give(_ path: String, to account: ServerAccount) throws {
    guard account.userID != geteuid() else { return }
    guard chown(path, account.userID, account.groupID) == 0 else { throw systemFailure("change the owner of", path) }
}

/// Removes a file; it is no matter when there is none.
func removeFile(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else { throw systemFailure("delete", path) }
}

/// Removes a folder and everything in it, without following links.
///
/// `rm` walks by open folders, so the account that owns the files cannot lead us elsewhere in between.
func removeTree(_ path: String) throws {
    let outcome = try Tool.run(["/bin/rm", "-rf", "--", path])
    guard outcome.status == 0 else { throw PostgresClusterError.toolFailed(name: "rm", output: outcome.tail) }
}

/// A small text file.
///
/// - Returns: nil when there is no such file.
func readText(_ path: String) throws -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
        guard errno == ENOENT else { throw systemFailure("read", path) }
        return nil
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw systemFailure("read", path) }
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}
