import Foundation

/// The folder that holds everything of one server: its data, its log, its password and mostly its socket.
///
/// It is named `server` and lies in the cluster's directory, so that deleting that directory deletes all:
///
///     <directory>/            ours
///       lock                  held by the process that uses the cluster
///       server/               0700, belongs to the account that runs the server
///         data/               PostgreSQL's data directory
///         log, log.1          this run's log and the one before
///         password            of the role `tollgate`
///         .s.PGSQL.5432       the socket, while the server runs
///
/// One case is different. When root uses a directory that the server's account cannot enter (a checkout below
/// `/root`), `server` is a symbolic link to a folder in `/var/lib/tollgate-dev`; see ``RelocatedHome``.
struct ServerHome {
    /// Part of the socket's file name; no TCP port is opened.
    static let port = 5432
    /// The role that owns the cluster.
    static let role = "tollgate"

    /// Absolute, without links.
    let path: String
    let account: ServerAccount

    var data: String { path + "/data" }
    var log: String { path + "/log" }
    var passwordFile: String { path + "/password" }
    var postmasterFile: String { data + "/postmaster.pid" }

    /// Finds the folder of an earlier start, or makes a new one.
    ///
    /// - Parameters:
    ///   - directory: the cluster's directory, absolute, without links, and locked by us.
    ///   - options: where a new folder goes that cannot lie there.
    /// - Returns: the folder, which the server's account can enter.
    /// - Throws: ``PostgresClusterError``.
    static func prepare(in directory: String, options: ClusterOptions) throws -> ServerHome {
        let entry = directory + "/server"
        switch try FileStatus.at(entry) {
        case .some(let status) where status.kind == .link:
            let relocated = RelocatedHome(base: options.relocationBase, directory: directory)
            guard let target = try relocated.adopt(entry: entry) else {
                return try make(in: directory, options: options)
            }
            return try existing(target)
        case .some:
            return try existing(entry)
        case .none:
            return try make(in: directory, options: options)
        }
    }

    private static func existing(_ path: String) throws -> ServerHome {
        guard let status = try FileStatus.at(path), status.kind == .directory else {
            throw systemFailure("use", path, code: ENOTDIR)
        }
        let account = try ServerAccount.choose(ownerOf: path, owner: status.owner)
        guard try account.canEnter(path) else {
            throw PostgresClusterError.unreachable(path: path, user: account.name)
        }
        return ServerHome(path: path, account: account)
    }

    private static func make(in directory: String, options: ClusterOptions) throws -> ServerHome {
        let relocated = RelocatedHome(base: options.relocationBase, directory: directory)
        try relocated.removeOrphans(stopTimeout: options.stopTimeout)
        let account = try ServerAccount.choose(ownerOf: directory, owner: nil)
        let entry = directory + "/server"
        try makeFolder(entry, permissions: 0o700, owner: account)
        if try account.canEnter(entry) { return ServerHome(path: entry, account: account) }
        guard rmdir(entry) == 0 else { throw systemFailure("delete", entry) }
        return ServerHome(path: try relocated.make(entry: entry, account: account), account: account)
    }
}

extension ServerAccount {
    /// Whether this account can get into a folder; asked of the system by trying, as this account.
    fileprivate func canEnter(_ path: String) throws -> Bool {
        try Tool.run(prefix + ["/bin/sh", "-c", #"cd "$1""#, "sh", path]).status == 0
    }
}
