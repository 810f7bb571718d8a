import Foundation
import Testing

@testable import PostgresCluster

@Suite("Root's directory that nobody else can enter", .enabled(if: geteuid() == 0))
struct RelocationTests {
    /// A folder like root's home, and one like /var/lib.
    private struct Place {
        let closed: ClusterFolder
        let open: ClusterFolder
        let options: ClusterOptions

        init() throws {
            closed = try ClusterFolder(permissions: 0o700)
            open = try ClusterFolder()
            var options = ClusterOptions.throwaway
            options.relocationBase = open.path + "/tollgate-dev"
            self.options = options
        }

        var homes: [String] {
            get throws { try FileManager.default.contentsOfDirectory(atPath: options.relocationBase) }
        }
    }

    @Test("the data go where the server reaches them, and the two places name each other")
    func relocates() async throws {
        let place = try Place()
        try await place.closed.withCluster(place.options) { cluster in
            _ = try query("CREATE TABLE kept ()", cluster.url(database: "postgres"))
        }
        let name = try #require(try place.homes.first)
        let folder = "\(place.options.relocationBase)/\(name)"
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.closed.home) == folder + "/server")
        #expect(try readText(folder + "/origin") == place.closed.cluster.path + "\n")
        try await place.closed.withCluster(place.options) { cluster in
            try #expect(query("SELECT count(*) FROM kept", cluster.url(database: "postgres")) == "0")
        }
        #expect(try place.homes == [name])
    }

    @Test("to delete the directory is to begin anew, and the old data go")
    func beginsAnew() async throws {
        let place = try Place()
        try await place.closed.withCluster(place.options) { _ in }
        let before = try place.homes
        try removeTree(place.closed.cluster.path)
        try await place.closed.withCluster(place.options) { _ in }
        let after = try place.homes
        #expect(after.count == 1)
        #expect(after != before)
    }

    @Test("to delete the data alone is to begin anew")
    func survivesDeletedData() async throws {
        let place = try Place()
        try await place.closed.withCluster(place.options) { _ in }
        try removeTree(place.options.relocationBase)
        try await place.closed.withCluster(place.options) { _ in }
        #expect(try place.homes.count == 1)
    }

    @Test("a directory that was moved keeps its data, a copy of one is refused")
    func tellsMoveFromCopy() async throws {
        let place = try Place()
        try await place.closed.withCluster(place.options) { cluster in
            _ = try query("CREATE TABLE kept ()", cluster.url(database: "postgres"))
        }
        let other = place.closed.path + "/other"
        let copied = try Tool.run(["/bin/cp", "-a", place.closed.cluster.path, other])
        try #require(copied.status == 0)
        let options = place.options
        let error = await #expect(throws: PostgresClusterError.self) {
            try await PostgresCluster.start(directory: URL(fileURLWithPath: other), options: options)
        }
        #expect(error == .copiedDirectory(directory: other, original: place.closed.cluster.path))

        try removeTree(place.closed.cluster.path)
        let moved = try await PostgresCluster.start(directory: URL(fileURLWithPath: other), options: options)
        let count = Result { try query("SELECT count(*) FROM kept", moved.url(database: "postgres")) }
        await moved.stop()
        #expect(try count.get() == "0")
        // Whoever begins anew in the old place does not take the data from the moved directory.
        try await place.closed.withCluster(place.options) { _ in }
        #expect(try place.homes.count == 2)
    }

    @Test("data that the server could enter once, and cannot any more, are not passed over")
    func refusesUnreachable() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in }
        try #require(chmod(folder.path, 0o700) == 0)
        let error = await #expect(throws: PostgresClusterError.self) {
            try await PostgresCluster.start(directory: folder.cluster, options: .throwaway)
        }
        let account = try ServerAccount.choose(ownerOf: folder.path, owner: nil)
        #expect(error == .unreachable(path: folder.home, user: account.name))
    }
}
