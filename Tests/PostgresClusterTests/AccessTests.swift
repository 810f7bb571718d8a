import Foundation
import Testing

@testable import PostgresCluster

@Suite("Who gets in")
struct AccessTests {
    @Test("nobody gets in without the password, and there is no network port")
    func asksPassword() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { cluster in
            let url = cluster.url(database: "postgres")
            let password = try #require(try readText(folder.home + "/password"))
            #expect(password.utf8.count == 48)
            for wrong in ["", "wrong"] {
                let error = #expect(throws: PostgresClusterError.self) {
                    try query("SELECT 1", url.replacingOccurrences(of: password, with: wrong))
                }
                #expect(error?.description.contains("password") == true)
            }
            try #expect(query("SHOW listen_addresses", url) == "")
            try #expect(query("SHOW password_encryption", url) == "scram-sha-256")
        }
    }

    @Test("the server's folder and password are for its account alone")
    func hasNarrowPermissions() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { _ in
            for (path, permissions) in [
                (folder.home, 0o700), (folder.home + "/password", 0o600), (folder.home + "/log", 0o600),
            ] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == permissions, "\(path)")
            }
        }
    }

    @Test("the server does not run as root, and its folder keeps others out", .enabled(if: geteuid() == 0))
    func dropsRoot() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { cluster in
            let server = try #require(folder.serverProcesses.first)
            let owner = try #require(try FileStatus.at("/proc/\(server)")).owner
            #expect(owner != 0)
            let installation = try PostgresInstallation.all()[0]
            let stranger = ["/usr/bin/setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", "--"]
            let outcome = try Tool.run(
                stranger + [installation.psql, "-Xw", "-c", "SELECT 1", cluster.url(database: "postgres")])
            #expect(outcome.status != 0)
            #expect(outcome.output.contains("Permission denied"))
        }
    }

    @Test("an ordinary user is told whose the folder is", .enabled(if: geteuid() == 0))
    func namesOwner() throws {
        let folder = try ClusterFolder()
        let account = try ServerAccount.choose(ownerOf: folder.path, owner: nil)
        #expect(account.userID != 0)
        #expect(throws: PostgresClusterError.serverUserMissing) {
            try ServerAccount.choose(ownerOf: folder.path, owner: 0)
        }
    }
}

@Suite("Databases")
struct DatabaseTests {
    @Test("a name that PostgreSQL would change is refused", arguments: ["", String(repeating: "ä", count: 32), "a\0b"])
    func refusesNames(_ name: String) {
        #expect(throws: PostgresClusterError.invalidDatabaseName(name)) { try DatabaseName(name) }
    }

    @Test("databases are made once, copied, and dropped under the feet of who uses them")
    func makesDatabases() async throws {
        let folder = try ClusterFolder()
        try await folder.withCluster { cluster in
            let strange = #"a "b' ; %I :name \c $1"#
            for name in ["template", strange] {
                #expect(try await cluster.createDatabase(name))
                #expect(try await !cluster.createDatabase(name))
                try #expect(query("SELECT current_database()", cluster.url(database: name)) == name)
            }
            _ = try query("CREATE TABLE kept ()", cluster.url(database: "template"))
            try await withThrowingTaskGroup { group in
                for number in 1...4 {
                    group.addTask { _ = try await cluster.createDatabase("copy\(number)", template: "template") }
                }
                try await group.waitForAll()
            }
            try #expect(query("SELECT count(*) FROM kept", cluster.url(database: "copy4")) == "0")
            try await cluster.dropDatabase("copy4")
            try await cluster.dropDatabase("copy4")
            #expect(throws: PostgresClusterError.self) { try query("SELECT 1", cluster.url(database: "copy4")) }
            let error = await #expect(throws: PostgresClusterError.self) {
                try await cluster.createDatabase("copy5", template: "missing")
            }
            #expect(error?.description.contains("does not exist") == true)
        }
    }
}
