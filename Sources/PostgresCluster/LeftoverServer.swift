import Foundation

/// What an earlier run may have left running on a data directory, and the files of a server that is gone.
///
/// Whoever holds the directory's lock is the only one who may run a server on it, so a server found then is a
/// leftover and may be ended.
struct LeftoverServer {
    /// PostgreSQL's data directory; need not exist.
    let data: String

    /// Ends the servers and deletes the traces by which a new server would take them for alive.
    ///
    /// - Parameter limit: for a clean end; after it, the server is ended hard and recovers at its next start.
    /// - Throws: ``PostgresClusterError/leftoverServer(processIDs:directory:)`` when even that does not end it.
    func end(within limit: Duration) throws {
        let pidFile = data + "/postmaster.pid"
        let postmaster = try readText(pidFile).flatMap { PostmasterFile($0) }
        if let number = postmaster?.processID, processIDs().contains(number) {
            kill(number, SIGINT)  // "fast shutdown": PostgreSQL manual, "Shutting Down the Server"
        }
        let remaining = try waitForEnd(within: limit)
        guard remaining.isEmpty else {
            throw PostgresClusterError.leftoverServer(processIDs: remaining, directory: data)
        }
        // PostgreSQL itself takes any living process of that number for its server, even when the number was given
        // anew to another program since. That no server works in this directory was just seen.
        try removeFile(pidFile)
        try SocketDirectory.removeSockets(in: URL(fileURLWithPath: data).deletingLastPathComponent().path)
        if let folder = postmaster?.socketDirectory { try SocketDirectory.removeTemporary(folder) }
    }

    /// The server's processes: programs named `postgres` that work in this very directory.
    ///
    /// The number in `postmaster.pid` proves nothing, because numbers are given again. A server and all its children
    /// work in their data directory for as long as they live.
    func processIDs() -> [pid_t] {
        guard let directory = FileStatus.following(data) else { return [] }
        // Without /proc nothing can be found, and PostgreSQL's own checks stand alone.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { number in
            guard let place = FileStatus.following("/proc/\(number)/cwd"), place.isSameFile(as: directory) else {
                return false
            }
            // A process that ends while we look at it has no program any more.
            let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/exe")) ?? ""
            // After an upgrade of the package the program is "... (deleted)".
            return program.hasSuffix("/postgres") || program.hasSuffix("/postgres (deleted)")
        }
    }

    // Children outlive a killed server for a moment, so a wait comes first even when there is nobody to ask to end.
    private func waitForEnd(within limit: Duration) throws -> [pid_t] {
        if wait(upTo: limit, until: { processIDs().isEmpty }) { return [] }
        for signal in [SIGQUIT, SIGKILL] {
            processIDs().forEach { kill($0, signal) }
            if wait(upTo: .seconds(5), until: { processIDs().isEmpty }) { return [] }
        }
        return processIDs()
    }
}
