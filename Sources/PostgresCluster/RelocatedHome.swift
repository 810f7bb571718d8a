import Foundation

/// A server's folder that cannot lie in the cluster's directory.
///
/// Root's checkout may lie in a folder that no one else can enter, but the server does not run as root. Its files
/// then go to a folder of their own:
///
///     <directory>/server  ->  /var/lib/tollgate-dev/<random>/server
///                             /var/lib/tollgate-dev/<random>/origin     the path of <directory>, a line
///
/// The link and `origin` point at each other, so that a person finds one from the other: `ls -l` shows where the data
/// are, and `origin` shows whose data they are.
/// - Deleting the directory is to begin anew, here as elsewhere: the next start in the same place finds data without
///   a link and deletes them.
/// - A directory that was moved keeps its data.
/// - A copy of a directory is refused while the original is there, because both would lead to the same data.
struct RelocatedHome {
    let base: String
    /// The cluster's directory.
    let directory: String

    /// Follows the link of an earlier start.
    ///
    /// - Returns: the server's folder; nil when someone deleted it, and with it the link.
    func adopt(entry: String) throws -> String? {
        let target = try Self.destination(ofLink: entry)
        guard try FileStatus.at(target) != nil else {
            try removeFile(entry)
            return nil
        }
        // Only root makes these folders, and only root can use them.
        guard geteuid() == 0 else { return target }
        let originFile = folder(of: target) + "/origin"
        let origin = try readText(originFile)?.trimmingCharacters(in: .newlines)
        if origin == directory { return target }
        if let origin, try pointsTo(target, from: origin) {
            throw PostgresClusterError.copiedDirectory(directory: directory, original: origin)
        }
        try writeOrigin(originFile)
        return target
    }

    /// Makes a new folder and the link to it.
    ///
    /// - Returns: the server's folder.
    func make(entry: String, account: ServerAccount) throws -> String {
        if try FileStatus.at(base) == nil { try makeFolder(base, permissions: 0o755) }
        var generator = SystemRandomNumberGenerator()
        let name = String(generator.next() as UInt64, radix: 36)
        let folder = "\(base)/\(name)"
        try makeFolder(folder, permissions: 0o755)
        try writeOrigin(folder + "/origin")
        let target = folder + "/server"
        try makeFolder(target, permissions: 0o700, owner: account)
        guard symlink(target, entry) == 0 else { throw systemFailure("link", entry) }
        return target
    }

    /// Deletes folders that were made for our directory, which has no link to them any more.
    func removeOrphans(stopTimeout: Duration) throws {
        guard geteuid() == 0, try FileStatus.at(base) != nil else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: base) {
            let folder = "\(base)/\(name)"
            guard try readText(folder + "/origin")?.trimmingCharacters(in: .newlines) == directory else { continue }
            try LeftoverServer(data: folder + "/server/data").end(within: stopTimeout)
            try removeTree(folder)
        }
    }

    private func folder(of target: String) -> String {
        URL(fileURLWithPath: target).deletingLastPathComponent().path
    }

    private func pointsTo(_ target: String, from origin: String) throws -> Bool {
        let entry = origin + "/server"
        guard try FileStatus.at(entry)?.kind == .link else { return false }
        return try Self.destination(ofLink: entry) == target
    }

    // Replaced as a whole, so that it is never half a path.
    private func writeOrigin(_ path: String) throws {
        try Data((directory + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func destination(ofLink path: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: path)
    }
}
