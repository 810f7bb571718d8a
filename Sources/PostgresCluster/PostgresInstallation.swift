import Foundation

/// The programs of one PostgreSQL version on this machine.
struct PostgresInstallation: Equatable {
    /// The oldest version that the schema and the tests know.
    static let oldestMajorVersion = 15

    let majorVersion: Int
    /// The folder of `postgres`, `initdb` and `psql`.
    let binaries: String

    var postgres: String { binaries + "/postgres" }
    var initdb: String { binaries + "/initdb" }
    var psql: String { binaries + "/psql" }

    /// Every usable version, newest first.
    ///
    /// Debian lays each version into `/usr/lib/postgresql/<version>/bin`, which is not on the PATH. Elsewhere the
    /// programs are on the PATH, or `pg_config` knows where they are.
    ///
    /// - Throws: ``PostgresClusterError/postgresMissing(searched:)``.
    static func all(
        debianRoot: String = "/usr/lib/postgresql",
        path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
    ) throws -> [PostgresInstallation] {
        // A folder that is missing or may not be read has no version for us.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: debianRoot)) ?? []
        var found: [Int: PostgresInstallation] = [:]
        for version in names.compactMap({ Int($0) }) {
            let candidate = PostgresInstallation(majorVersion: version, binaries: "\(debianRoot)/\(version)/bin")
            if candidate.isComplete { found[version] = candidate }
        }
        let folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        if found.isEmpty {
            for folder in folders + (try configuredFolder(folders)) {
                guard let candidate = try onPath(folder), found[candidate.majorVersion] == nil else { continue }
                found[candidate.majorVersion] = candidate
            }
        }
        guard !found.isEmpty else {
            throw PostgresClusterError.postgresMissing(searched: ["\(debianRoot)/*/bin", "PATH", "pg_config --bindir"])
        }
        return found.values.sorted { $0.majorVersion > $1.majorVersion }
    }

    /// The version to run: the one that made the data, for new data the newest.
    ///
    /// - Throws: ``PostgresClusterError/dataOfOtherVersion(data:installed:directory:)``.
    static func choose(
        from installations: [PostgresInstallation], forDataOf version: Int?, directory: String
    ) throws -> PostgresInstallation {
        let fitting = installations.first { version == nil || $0.majorVersion == version }
        if let fitting { return fitting }
        throw PostgresClusterError.dataOfOtherVersion(
            data: version ?? 0, installed: installations.map(\.majorVersion), directory: directory)
    }

    /// The major version in what `postgres --version` prints: "postgres (PostgreSQL) 15.18 (Debian ...)".
    static func majorVersion(inBanner banner: String) -> Int? {
        guard let number = banner.split(separator: " ").first(where: { $0.first?.isNumber == true }) else { return nil }
        return Int(number.prefix { $0.isNumber })
    }

    private var isComplete: Bool {
        majorVersion >= Self.oldestMajorVersion
            && [postgres, initdb, psql].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func configuredFolder(_ folders: [String]) throws -> [String] {
        let tool = folders.map { $0 + "/pg_config" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let tool else { return [] }
        let outcome = try Tool.run([tool, "--bindir"])
        return outcome.status == 0 ? [outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)] : []
    }

    private static func onPath(_ folder: String) throws -> PostgresInstallation? {
        let postgres = folder + "/postgres"
        guard FileManager.default.isExecutableFile(atPath: postgres) else { return nil }
        let outcome = try Tool.run([postgres, "--version"])
        guard outcome.status == 0, let version = majorVersion(inBanner: outcome.output) else { return nil }
        let candidate = PostgresInstallation(majorVersion: version, binaries: folder)
        return candidate.isComplete ? candidate : nil
    }
}
