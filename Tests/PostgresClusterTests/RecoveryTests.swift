import Foundation
import Testing

@testable import PostgresCluster

@Suite("After an accident")
struct RecoveryTests {
    @Test("the server ends with an owner that is killed, and the next start keeps the data")
    func endsWithOwner() async throws {
        let folder = try ClusterFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let cluster = try await PostgresCluster.start(
                directory: URL(fileURLWithPath: path + "/postgres"), options: .throwaway)
            _ = try query("CREATE TABLE kept AS SELECT 7 AS value", cluster.url(database: "postgres"))
            kill(getpid(), SIGKILL)
        }
        #expect(wait(upTo: .seconds(20)) { folder.serverProcesses.isEmpty })
        try await folder.withCluster { cluster in
            try #expect(query("SELECT value FROM kept", cluster.url(database: "postgres")) == "7")
        }
        let log = try #require(try readText(folder.home + "/log.1"))
        #expect(log.contains("received fast shutdown request"))
    }

    @Test("a start right after the owner was killed does not wait for anyone's help")
    func startsRightAfterKill() async throws {
        let folder = try ClusterFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            _ = try await PostgresCluster.start(
                directory: URL(fileURLWithPath: path + "/postgres"), options: .throwaway)
            kill(getpid(), SIGKILL)
        }
        try await folder.withCluster { cluster in
            try #expect(query("SELECT 1", cluster.url(database: "postgres")) == "1")
        }
    }

    @Test("a server without anyone to watch it is ended by the next start")
    func endsLeftover() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in }
        let orphan = try startServer(in: folder)
        try await folder.withCluster { cluster in
            #expect(orphan.exitStatus() == 0)
            try #expect(query("SELECT 1", cluster.url(database: "postgres")) == "1")
        }
    }

    @Test("a server that was killed with its files left behind is no obstacle")
    func recoversKilledServer() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in }
        let orphan = try startServer(in: folder)
        kill(orphan.processID, SIGKILL)
        #expect(orphan.waitForExit(upTo: .seconds(5)) == 128 + SIGKILL)
        #expect(FileManager.default.fileExists(atPath: folder.data + "/postmaster.pid"))
        try await folder.withCluster { cluster in
            try #expect(query("SELECT 1", cluster.url(database: "postgres")) == "1")
        }
    }

    @Test("a stale postmaster.pid is no obstacle, though its number is another program's now")
    func ignoresReusedNumber() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in }
        let home = try ServerHome.prepare(in: folder.cluster.path, options: .throwaway)
        // A program of the server's own account: the one case in which PostgreSQL itself refuses to start.
        let input = try UnnamedFile(content: "")
        let stranger = try ChildProcess(
            home.account.prefix + ["/bin/sleep", "60"], environment: [:], input: input.descriptor,
            output: input.descriptor)
        defer {
            kill(stranger.processID, SIGKILL)
            _ = stranger.waitForExit(upTo: .seconds(5))
        }
        let note = "\(stranger.processID)\n\(folder.data)\n1\n5432\n\(folder.home)\n\n1 1\nready   \n"
        for file in [folder.data + "/postmaster.pid", folder.home + "/.s.PGSQL.5432.lock"] {
            try Data(note.utf8).write(to: URL(fileURLWithPath: file))
            try give(file, to: home.account)
        }
        try await folder.withCluster { cluster in
            try #expect(query("SELECT 1", cluster.url(database: "postgres")) == "1")
        }
        #expect(stranger.exitStatus() == nil)
    }

    @Test("data that were only half made are made anew")
    func repeatsInitialisation() async throws {
        let folder = try ClusterFolder()
        _ = try FileManager.default.createDirectory(at: folder.cluster, withIntermediateDirectories: true)
        let home = try ServerHome.prepare(in: folder.cluster.path, options: .throwaway)
        try makeFolder(home.data + ".new", permissions: 0o700, owner: home.account)
        try Data("x".utf8).write(to: URL(fileURLWithPath: home.data + ".new/PG_VERSION"))
        try await folder.withCluster { _ in }
        #expect(!FileManager.default.fileExists(atPath: home.data + ".new"))
    }

    @Test("data of another version are refused with both versions and what to do")
    func refusesOtherVersion() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in }
        try Data("14\n".utf8).write(to: URL(fileURLWithPath: folder.data + "/PG_VERSION"))
        let error = await #expect(throws: PostgresClusterError.self) {
            try await PostgresCluster.start(directory: folder.cluster, options: .throwaway)
        }
        let installed = try PostgresInstallation.all().map(\.majorVersion)
        #expect(error == .dataOfOtherVersion(data: 14, installed: installed, directory: folder.cluster.path))
        #expect(error?.description.contains("install postgresql-14") == true)
    }

    @Test("a server that does not come up is reported with the end of its log, and the directory is free again")
    func showsLog() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in }
        let settings = folder.data + "/postgresql.auto.conf"
        try Data("nonsense = 1\n".utf8).write(to: URL(fileURLWithPath: settings))
        let error = await #expect(throws: PostgresClusterError.self) {
            try await PostgresCluster.start(directory: folder.cluster, options: .throwaway)
        }
        #expect(error?.description.contains("unrecognized configuration parameter \"nonsense\"") == true)
        try Data().write(to: URL(fileURLWithPath: settings))
        let home = try ServerHome.prepare(in: folder.cluster.path, options: .throwaway)
        try give(settings, to: home.account)
        try await folder.withCluster { _ in }
    }

    @Test("a start that takes too long is ended")
    func timesOut() async throws {
        let folder = try ClusterFolder()
        let options = ClusterOptions(durability: .throwaway, startTimeout: .zero)
        let error = await #expect(throws: PostgresClusterError.self) {
            try await PostgresCluster.start(directory: folder.cluster, options: options)
        }
        guard case .serverNotReady = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(folder.serverProcesses.isEmpty)
    }

    // A server as one would be left if everything around it were killed.
    private func startServer(in folder: ClusterFolder) throws -> ChildProcess {
        let home = try ServerHome.prepare(in: folder.cluster.path, options: .throwaway)
        let input = try UnnamedFile(content: "")
        let server = try ChildProcess(
            home.account.prefix + [
                try PostgresInstallation.all()[0].postgres, "-D", home.data, "-c", "listen_addresses=",
                "-c", "unix_socket_directories=\(home.path)",
            ], environment: Tool.baseEnvironment, input: input.descriptor, output: input.descriptor)
        let ready = try wait(upTo: .seconds(20)) {
            try readText(home.postmasterFile).flatMap { PostmasterFile($0) }?.isReady ?? false
        }
        guard ready else { throw PostgresClusterError.serverFailed(log: "", logTail: try input.content()) }
        return server
    }
}
