import Foundation

@testable import PostgresCluster

/// A folder of a test's own that the server's account can reach, deleted with its owner.
final class ClusterFolder: Sendable {
    let path: String

    init(permissions: mode_t = 0o711) throws {
        var template = Array("\(NSTemporaryDirectory())/tollgate-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw systemFailure("create a folder in", NSTemporaryDirectory()) }
        let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard chmod(made, permissions) == 0, let resolved = realpath(made, nil) else {
            throw systemFailure("prepare", made)
        }
        defer { free(resolved) }
        path = String(cString: resolved)
    }

    deinit {
        do { try removeTree(path) } catch { print("left behind: \(path): \(error)") }
    }

    /// The cluster's directory.
    var cluster: URL { URL(fileURLWithPath: path + "/postgres") }
    var home: String { path + "/postgres/server" }
    var data: String { home + "/data" }

    /// The servers that run on this folder's data.
    var serverProcesses: [pid_t] { LeftoverServer(data: data).processIDs() }

    /// Starts a cluster, hands it over, and stops it in any case.
    @discardableResult
    func withCluster<Value>(
        _ options: ClusterOptions = .throwaway, _ body: (PostgresCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await PostgresCluster.start(directory: self.cluster, options: options)
        let result: Result<Value, any Error>
        do { result = .success(try await body(cluster)) } catch { result = .failure(error) }
        await cluster.stop()
        return try result.get()
    }
}

/// What a client sees that has a URL alone.
func query(_ sql: String, _ url: String) throws -> String {
    let installation = try PostgresInstallation.all()[0]
    let outcome = try Tool.run([installation.psql, "-XwAt", "-v", "ON_ERROR_STOP=1", "-c", sql, url])
    guard outcome.status == 0 else { throw PostgresClusterError.toolFailed(name: "psql", output: outcome.tail) }
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
}
