/// Why a private cluster cannot be started, used or found; every description ends in what to do about it.
///
/// Passwords never appear in a description: the server's log and the output of its tools do not hold them.
package enum PostgresClusterError: Error, Equatable {
    /// No PostgreSQL server of a supported version; `searched` are the places that were looked at.
    case postgresMissing(searched: [String])
    /// We are root, and the machine has neither the account `postgres` nor `nobody` to run the server as.
    case serverUserMissing
    /// A tool of the system is not there.
    case toolMissing(name: String, debianPackage: String)
    /// Another process holds the directory; its number when it could be read.
    case alreadyRunning(directory: String, processID: Int32?)
    /// The data were written by another major version than any installed one.
    case dataOfOtherVersion(data: Int, installed: [Int], directory: String)
    /// The files belong to another account, and we are not root.
    case belongsToAnotherUser(path: String, owner: String)
    /// The account that runs the server may not enter the folder that holds its data.
    case unreachable(path: String, user: String)
    /// The directory is a copy of `original`, and both would use the one data folder.
    case copiedDirectory(directory: String, original: String)
    /// A server that an earlier run left behind does not end.
    case leftoverServer(processIDs: [Int32], directory: String)
    /// `initdb` failed; `output` are its last lines.
    case initialisationFailed(output: String)
    /// The server ended before it was ready; `logTail` are the last lines of its log.
    case serverFailed(log: String, logTail: String)
    /// The server was not ready in time; `logTail` are the last lines of its log.
    case serverNotReady(after: Duration, log: String, logTail: String)
    /// A name that PostgreSQL would refuse or cut off: empty, over 63 bytes, or with a NUL.
    case invalidDatabaseName(String)
    /// A client program of PostgreSQL failed; `output` are its last lines.
    case toolFailed(name: String, output: String)
    /// An operation on a file or process failed with the system's message.
    case system(operation: String, path: String, message: String)
    /// The cluster was stopped.
    case stopped
}

extension PostgresClusterError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .postgresMissing(let searched):
            return "PostgreSQL \(PostgresInstallation.oldestMajorVersion) or newer was not found "
                + "(looked at \(searched.joined(separator: ", "))); install postgresql: scripts/setup"
        case .serverUserMissing:
            return "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as; "
                + "install postgresql (scripts/setup), or start this as an ordinary user"
        case .toolMissing(let name, let package):
            return "\(name) was not found; install \(package)"
        case .alreadyRunning(let directory, let processID):
            let holder = processID.map { "process \($0)" } ?? "another process"
            return "the database in \(directory) is in use by \(holder); stop it first, or choose another directory"
        case .dataOfOtherVersion(let data, let installed, let directory):
            let versions = installed.map(String.init).joined(separator: ", ")
            return "the database in \(directory) was made by PostgreSQL \(data), installed is \(versions); "
                + "install postgresql-\(data), or delete the directory to begin anew"
        case .belongsToAnotherUser(let path, let owner):
            return "\(path) belongs to \(owner); run this as \(owner) or root, or choose another directory"
        case .unreachable(let path, let user):
            return "\(user), who runs the database, cannot enter \(path); "
                + "let others pass through the folders above it (chmod o+x), or delete it to begin anew"
        case .copiedDirectory(let directory, let original):
            return "\(directory) is a copy of \(original) and points to the same data; "
                + "delete the copy to begin anew there"
        case .leftoverServer(let processIDs, let directory):
            let list = processIDs.map(String.init).joined(separator: ", ")
            return "an earlier server still runs on \(directory) (process \(list)) and does not end; end it by hand"
        case .initialisationFailed(let output):
            return "initdb failed:\n\(output)"
        case .serverFailed(let log, let logTail):
            return "PostgreSQL ended at start; the end of \(log):\n\(logTail)"
        case .serverNotReady(let limit, let log, let logTail):
            return "PostgreSQL was not ready after \(limit); the end of \(log):\n\(logTail)"
        case .invalidDatabaseName(let name):
            return "'\(name.prefix(80))' is no name for a database: 1 to 63 bytes, no NUL"
        case .toolFailed(let name, let output):
            return "\(name) failed:\n\(output)"
        case .system(let operation, let path, let message):
            return "cannot \(operation) \(path): \(message)"
        case .stopped:
            return "the database was stopped"
        }
    }
}
