package import Foundation
import Synchronization

/// A private PostgreSQL server on the system's programs, with its data in a directory of ours.
///
/// It never runs as root, listens on a UNIX socket only, in a folder that no other user can enter, and asks for a
/// password besides. It runs as long as this process: ``stop()`` ends it, and so does the death of this process, in
/// whatever way it dies. The same directory again gives the same data.
///
/// ``ServerHome`` and ``RelocatedHome`` tell where the files lie.
package final class PostgresCluster: Sendable {
    private let connection: ConnectionURL
    private let installation: PostgresInstallation
    private let stopTimeout: Duration
    // Held for as long as stopping takes, so only blocking work may wait for it.
    private let running: Mutex<Running?>

    private struct Running: Sendable {
        let supervisor: Supervisor
        let lock: DirectoryLock
    }

    private init(
        connection: ConnectionURL, installation: PostgresInstallation, stopTimeout: Duration, running: Running
    ) {
        self.connection = connection
        self.installation = installation
        self.stopTimeout = stopTimeout
        self.running = Mutex(running)
    }

    /// Starts the server, on new data when the directory has none.
    ///
    /// A server that a killed run left behind in the directory is ended first.
    ///
    /// - Parameters:
    ///   - directory: made when missing, with the folders above it.
    ///   - options: how it is run; may differ from start to start.
    /// - Returns: the cluster, when its server accepts connections.
    /// - Throws: ``PostgresClusterError``; `CancellationError`, and then nothing is left running.
    package static func start(
        directory: URL, options: ClusterOptions = .durable
    ) async throws -> PostgresCluster {
        try await blocking { try startAndWait(directory: directory, options: options, cancellation: $0) }
    }

    /// A libpq connection URL of the role that owns the cluster. It holds the password.
    ///
    /// It stays the same from start to start, unless the directory's path is too long for a socket.
    package func url(database: String) -> String {
        connection.text(database: database)
    }

    /// Stops the server and lets the directory go; returns when both is done. Again has no effect.
    package func stop() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                self.stopAndWait()
                continuation.resume()
            }
        }
    }

    private func stopAndWait() {
        running.withLock { running in
            running?.supervisor.stop(within: stopTimeout)
            running = nil
        }
    }

    /// Runs SQL in the database `postgres`, with values as psql variables.
    func execute(_ sql: String, variables: [String: String]) throws -> String {
        try running.withLock { running in
            guard running != nil else { throw PostgresClusterError.stopped }
        }
        let client = Psql(program: installation.psql, connection: connection)
        return try client.run(sql, database: "postgres", variables: variables)
    }

    private static func startAndWait(
        directory: URL, options: ClusterOptions, cancellation: Cancellation
    ) throws -> PostgresCluster {
        let installations = try PostgresInstallation.all()
        let directory = try makeDirectory(directory)
        let lock = try DirectoryLock(directory: directory)
        let home = try ServerHome.prepare(in: directory, options: options)
        try LeftoverServer(data: home.data).end(within: options.stopTimeout)
        let version = try home.dataVersion()
        let installation = try PostgresInstallation.choose(
            from: installations, forDataOf: version, directory: directory)
        try cancellation.check()
        if version == nil { try home.initialise(with: installation, durability: options.durability) }
        let password = try home.password()
        let socketDirectory = try SocketDirectory.choose(for: home)
        let supervisor = try Supervisor(
            installation: installation, home: home, socketDirectory: socketDirectory,
            settings: options.serverSettings)
        do {
            try supervisor.waitUntilReady(upTo: options.startTimeout, cancellation: cancellation)
        } catch {
            supervisor.stop(within: options.stopTimeout)
            throw error
        }
        return PostgresCluster(
            connection: ConnectionURL(
                user: ServerHome.role, password: password, socketDirectory: socketDirectory, port: ServerHome.port),
            installation: installation, stopTimeout: options.stopTimeout,
            running: Running(supervisor: supervisor, lock: lock))
    }

    // Others may pass through it when we are root: the server's account has to reach its folder in it.
    private static func makeDirectory(_ url: URL) throws -> String {
        let path = url.standardizedFileURL.path
        if FileStatus.following(path) == nil {
            let parent = url.standardizedFileURL.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try makeFolder(path, permissions: geteuid() == 0 ? 0o711 : 0o700)
        }
        guard let resolved = realpath(path, nil) else { throw systemFailure("find", path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
