import Foundation
import Testing

@testable import PostgresCluster

@Suite("The server's papers")
struct ValueTests {
    @Test("a text that does not begin with a process number is no postmaster.pid", arguments: ["", "\n", "x\n", "0\n"])
    func refusesOtherText(_ text: String) {
        #expect(PostmasterFile(text) == nil)
    }

    @Test(
        "a server is ready only when its status line says so",
        arguments: [
            ("12\n/data\n1\n5432\n/sockets\n\n 1 2\nready   \n", true),
            ("12\n/data\n1\n5432\n/sockets\n\n 1 2\nstarting\n", false),
            ("12\n/data\n1\n5432\n/sockets\n\n 1 2\nstopping\n", false),
            ("12\n/data\n1\n5432\n/sockets\n", false),
            ("12\n", false),
        ])
    func readsStatus(_ text: String, _ ready: Bool) throws {
        let file = try #require(PostmasterFile(text))
        #expect(file.isReady == ready)
        #expect(file.processID == 12)
    }

    @Test("the socket's folder is the fifth line")
    func readsSocketDirectory() {
        #expect(PostmasterFile("12\n/data\n1\n5432\n/sockets\n\n")?.socketDirectory == "/sockets")
        #expect(PostmasterFile("12\n/data\n1\n5432\n\n")?.socketDirectory == nil)
    }

    @Test("a URL encodes whatever is not plain")
    func encodesURL() {
        let url = ConnectionURL(user: "u@:", password: "p/?#", socketDirectory: "/a b/ä", port: 5432)
        #expect(url.text(database: "d&b") == "postgresql://u%40%3A:p%2F%3F%23@/d%26b?host=%2Fa%20b%2F%C3%A4&port=5432")
    }

    @Test(
        "a socket lies beside the data only when its path is short and plain",
        arguments: [
            ("/a/b", true), ("/a b", false), ("/a,b", false), ("/a'b", false), ("/ä", false),
            ("/" + String(repeating: "x", count: 92), true), ("/" + String(repeating: "x", count: 93), false),
        ])
    func choosesSocketDirectory(_ path: String, _ fits: Bool) {
        #expect(SocketDirectory.fits(path) == fits)
    }

    @Test(
        "only folders of our own naming count as temporary",
        arguments: [
            ("/tmp/tollgate-pg-abc", true), ("/tmp/tollgate-pg-abc/x", false), ("/tmp/other", false), ("/var", false),
        ])
    func recognisesTemporary(_ path: String, _ temporary: Bool) {
        #expect(SocketDirectory.isTemporary(path) == temporary)
    }
}

@Suite("Finding PostgreSQL")
struct PostgresInstallationTests {
    @Test("says where it looked when there is none")
    func reportsMissing() {
        let error = #expect(throws: PostgresClusterError.self) {
            try PostgresInstallation.all(debianRoot: "/nowhere", path: "/nowhere/bin")
        }
        #expect(error?.description.contains("scripts/setup") == true)
    }

    @Test("a version below the oldest is not found", arguments: ["9", "14", "x"])
    func ignoresOldVersions(_ version: String) throws {
        let folder = try ClusterFolder()
        let real = try PostgresInstallation.all()[0].binaries
        let bin = URL(fileURLWithPath: "\(folder.path)/\(version)")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: bin.path + "/bin", withDestinationPath: real)
        #expect(throws: PostgresClusterError.self) {
            try PostgresInstallation.all(debianRoot: folder.path, path: "")
        }
    }

    @Test("the newest comes first, and a folder without programs does not count")
    func newestFirst() throws {
        let folder = try ClusterFolder()
        let real = try PostgresInstallation.all()[0].binaries
        for version in ["15", "16", "18"] {
            let bin = URL(fileURLWithPath: "\(folder.path)/\(version)")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            if version == "18" { continue }
            try FileManager.default.createSymbolicLink(atPath: bin.path + "/bin", withDestinationPath: real)
        }
        #expect(try PostgresInstallation.all(debianRoot: folder.path, path: "").map(\.majorVersion) == [16, 15])
    }

    @Test("programs on the PATH are found where Debian's folders are missing")
    func findsOnPath() throws {
        let installed = try PostgresInstallation.all()[0]
        #expect(
            try PostgresInstallation.all(debianRoot: "/nowhere", path: "relative:\(installed.binaries)") == [installed])
    }

    @Test("data get the version that made them, new data the newest")
    func choosesVersion() throws {
        let all = [17, 15].map { PostgresInstallation(majorVersion: $0, binaries: "/\($0)") }
        #expect(try PostgresInstallation.choose(from: all, forDataOf: 15, directory: "/d").majorVersion == 15)
        #expect(try PostgresInstallation.choose(from: all, forDataOf: nil, directory: "/d").majorVersion == 17)
        let error = #expect(throws: PostgresClusterError.self) {
            try PostgresInstallation.choose(from: all, forDataOf: 16, directory: "/d")
        }
        #expect(error == .dataOfOtherVersion(data: 16, installed: [17, 15], directory: "/d"))
    }

    @Test(
        "a banner names its major version",
        arguments: [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15), ("postgres (PostgreSQL) 18beta1", 18),
            ("postgres", nil),
        ])
    func readsBanner(_ banner: String, _ version: Int?) {
        #expect(PostgresInstallation.majorVersion(inBanner: banner) == version)
    }
}
