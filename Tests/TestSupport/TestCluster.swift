import Foundation
import PostgresCluster

/// The one real PostgreSQL server of a test process, started at its first use and gone with the process.
///
/// Nothing waits for the disk there: what is tested is what PostgreSQL decides, not what it keeps.
package actor TestCluster {
    package static let shared = TestCluster()

    private var starting: Task<PostgresCluster, any Error>?

    /// A libpq URL of a database of the cluster, `postgres` for one.
    package func url(database: String) async throws -> String {
        try await cluster().url(database: database)
    }

    /// Makes an empty database that no other test has.
    /// - Parameter template: the database to copy; nobody may be connected to it.
    /// - Returns: its libpq URL.
    /// - Throws: `PostgresClusterError`.
    package func newDatabase(template: String? = nil) async throws -> String {
        let name = "test_" + UUID().uuidString.lowercased()
        let cluster = try await cluster()
        try await cluster.createDatabase(name, template: template)
        return cluster.url(database: name)
    }

    private func cluster() async throws -> PostgresCluster {
        if let starting { return try await starting.value }
        let task = Task {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "tollgate-cluster-\(ProcessInfo.processInfo.processIdentifier)")
            let cluster = try await PostgresCluster.start(directory: folder, options: .throwaway)
            Leftovers.remove(cluster, folder)
            return cluster
        }
        starting = task
        return try await task.value
    }
}

/// Stops the cluster and removes its files when the test process exits by itself. A process that is killed takes its
/// server with it all the same; its files then stay in the temporary folder.
private enum Leftovers {
    nonisolated(unsafe) private static var cluster: (PostgresCluster, URL)?

    static func remove(_ cluster: PostgresCluster, _ folder: URL) {
        // Written once, before the handler is installed, and read by it alone.
        self.cluster = (cluster, folder)
        atexit {
            guard let (cluster, folder) = Leftovers.cluster else { return }
            let stopped = DispatchSemaphore(value: 0)
            Task {
                await cluster.stop()
                stopped.signal()
            }
            stopped.wait()
            try? FileManager.default.removeItem(at: folder)
        }
    }
}
