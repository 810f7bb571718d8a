import Foundation
import Testing

@testable import PostgresCluster

@Suite("A cluster's life")
struct LifetimeTests {
    @Test(
        "a second start keeps the data, and a stop leaves nothing running",
        arguments: [
            ClusterOptions.Durability.durable, .throwaway,
        ])
    func keepsData(_ durability: ClusterOptions.Durability) async throws {
        let folder = try ClusterFolder()
        let options = ClusterOptions(durability: durability)
        let first = try await folder.withCluster(options) { cluster in
            try await cluster.createDatabase("tollgate")
            let url = cluster.url(database: "tollgate")
            _ = try query("CREATE TABLE kept AS SELECT 7 AS value", url)
            try #expect(query("SHOW fsync", url) == (durability == .durable ? "on" : "off"))
            try #expect(query("SHOW data_checksums", url) == "on")
            try #expect(query("SHOW server_encoding", url) == "UTF8")
            try #expect(query("SELECT datcollate FROM pg_database LIMIT 1", url) == "C.UTF-8")
            return url
        }
        #expect(folder.serverProcesses.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.home).filter { $0.hasPrefix(".s.") } == [])
        let second = try await folder.withCluster(options) { cluster in
            try #expect(query("SELECT value FROM kept", cluster.url(database: "tollgate")) == "7")
            return cluster.url(database: "tollgate")
        }
        #expect(first == second)
        #expect(FileManager.default.fileExists(atPath: folder.home + "/log.1"))
    }

    @Test("a second start of the same directory is refused until the first is stopped")
    func refusesSecondStart() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in
            let error = await #expect(throws: PostgresClusterError.self) {
                try await PostgresCluster.start(directory: folder.cluster, options: .throwaway)
            }
            #expect(error == .alreadyRunning(directory: folder.cluster.path, processID: getpid()))
        }
        try await folder.withCluster { _ in }
    }

    @Test("stop may be called again and at once from two places, and a stopped cluster says so")
    func stopsOnce() async throws {
        let folder = try ClusterFolder()
        let cluster = try await PostgresCluster.start(directory: folder.cluster, options: .throwaway)
        async let one: Void = cluster.stop()
        async let other: Void = cluster.stop()
        _ = await (one, other)
        #expect(folder.serverProcesses.isEmpty)
        await #expect(throws: PostgresClusterError.stopped) { try await cluster.createDatabase("x") }
    }

    @Test("the server is in a session of its own and has no descriptor of ours")
    func isolatesServer() async throws {
        let folder = try ClusterFolder()
        let secret = folder.path + "/secret"
        // Without O_CLOEXEC, as a careless library opens its files.
        let descriptor = open(secret, O_RDWR | O_CREAT, 0o600)
        try #require(descriptor > 2)
        defer { close(descriptor) }
        try await folder.withCluster { _ in
            try #require(!folder.serverProcesses.isEmpty)
            for process in folder.serverProcesses {
                #expect(getsid(process) != getsid(0))
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
                    .compactMap {
                        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
                    }
                #expect(!open.contains(secret))
                #expect(!open.isEmpty)
            }
        }
    }

    @Test("a start that is cancelled leaves nothing running and the directory free")
    func cancels() async throws {
        let folder = try ClusterFolder()
        let task = Task { try await PostgresCluster.start(directory: folder.cluster, options: .throwaway) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(folder.serverProcesses.isEmpty)
        try await folder.withCluster { _ in }
    }

    @Test(
        "a path that is too long or not plain for a socket gets one in /tmp, gone after the stop",
        arguments: [
            String(repeating: "long", count: 30), "with 'quotes', commas; $(and) \"more\"",
        ])
    func movesSocket(_ name: String) async throws {
        let folder = try ClusterFolder()
        let directory = folder.cluster.appendingPathComponent(name)
        // The folders above it are made too, and pass the server's account through.
        let cluster = try await PostgresCluster.start(directory: directory, options: .throwaway)
        let url = cluster.url(database: "postgres")
        let sockets = try? query("SHOW unix_socket_directories", url)
        await cluster.stop()
        let path = try #require(sockets)
        #expect(SocketDirectory.isTemporary(path))
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
