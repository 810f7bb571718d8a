import Foundation
import Logging
import Testing

@testable import TollgateServer

@Suite("Where a setting comes from")
struct PrecedenceTests {
    static let yaml = "server:\n  port: 3\n"

    @Test(
        "flags beat the environment, that beats the file, that beats what dev makes, that beats the default",
        arguments: [
            (5, 1, "flag"), (4, 2, "environment"), (3, 3, "file"), (2, 4, "dev"), (1, 8080, "default"),
        ])
    func strongestWins(layers: Int, port: Int, source: String) throws {
        try withFile(layers >= 3 ? Self.yaml : "") { path in
            let settings = try Settings.load(
                flags: layers >= 5 ? ["server.port": "1"] : [:],
                environment: layers >= 4 ? ["TOLLGATE_SERVER_PORT": "2"] : [:],
                configFile: path,
                generated: layers >= 2 ? ["server.port": "4"] : [:])
            #expect(settings.server.port == port)
            let entry = try #require(settings.entries.first { $0.definition.path == "server.port" })
            #expect(entry.source.description == (source == "file" ? "file \(path)" : source))
        }
    }

    @Test("every key is read from its variable and from its place in the file", arguments: Settings.definitions)
    func namesMatch(_ definition: SettingDefinition) throws {
        let fromEnvironment = SettingsReport(environment: [definition.environmentName: "\u{1}"], configFile: "")
        #expect(fromEnvironment.problems.first?.name == definition.environmentName)
        let words = definition.path.split(separator: ".")
        let nested = words.enumerated().map { String(repeating: " ", count: $0) + $1 + ":" }.joined(separator: "\n")
        try withFile(nested + " \"\\u0001\"\n") { path in
            let report = SettingsReport(environment: [:], configFile: path)
            #expect(report.problems.first?.name == "\(definition.path) (\(definition.environmentName))")
            #expect(report.problems.first?.source == .file(path))
        }
    }

    @Test("--config beats TOLLGATE_CONFIG, and an empty name means no file")
    func namedFile() throws {
        try withFile("server:\n  port: 1\n") { first in
            try withFile("server:\n  port: 2\n") { second in
                let environment = ["TOLLGATE_CONFIG": second]
                let byFlag = try Settings.load(environment: environment, configFile: first)
                let byVariable = try Settings.load(environment: environment)
                let without = try Settings.load(environment: ["TOLLGATE_CONFIG": ""])
                #expect(byFlag.server.port == 1 && byVariable.server.port == 2)
                #expect(byVariable.warnings.isEmpty && without.file == nil)
            }
        }
    }

    @Test("an empty variable clears what the file says, but not what dev makes")
    func emptyClears() throws {
        let yaml = "storage:\n  s3:\n    endpoint: http://store.example\ndatabase:\n  url: postgresql://file/x\n"
        try withFile(yaml) { path in
            let settings = try Settings.load(
                environment: ["TOLLGATE_STORAGE_S3_ENDPOINT": "", "TOLLGATE_DATABASE_URL": ""],
                configFile: path, generated: ["database.url": "postgresql:///dev"])
            #expect(settings.storage.s3.endpoint == nil)
            #expect(settings.database.url?.connectionString == "postgresql:///dev")
            let entry = try #require(settings.entries.first { $0.definition.path == "storage.s3.endpoint" })
            #expect(entry.shown == "(not set)" && entry.source == .environment)
        }
    }

    @Test(
        "an empty value in the file is no value",
        arguments: ["port:", "port: \"\"", "port: ~", "port: null", "cors_origins: []", "# nothing"])
    func emptyInFile(_ line: String) throws {
        try withFile("server:\n  \(line)\n") { path in
            let settings = try Settings.load(environment: [:], configFile: path)
            #expect(settings.server.port == 8080)
        }
    }

    @Test("a file of comments alone is an empty file", arguments: ["", "\n\n", "# nothing\n", "---\n", "  # a\n---\n"])
    func emptyFile(_ text: String) throws {
        try withFile(text) { path in
            let settings = try Settings.load(environment: [:], configFile: path)
            #expect(settings.server.port == 8080)
        }
    }

    @Test("origins are a list in the file and separated by commas in the environment")
    func lists() throws {
        let expected = CORSOrigins.only(["https://a.example", "http://b.example:8080"])
        try withFile("server:\n  cors_origins:\n    - https://a.example\n    - http://B.example:8080\n") { path in
            let settings = try Settings.load(environment: [:], configFile: path)
            #expect(settings.server.corsOrigins == expected)
        }
        let environment = ["TOLLGATE_SERVER_CORS_ORIGINS": "https://A.example:443, http://b.example:8080"]
        #expect(try Settings.load(environment: environment, configFile: "").server.corsOrigins == expected)
    }

    @Test("all values reach their fields")
    func allFields() throws {
        let settings = try Settings.load(
            environment: [
                "TOLLGATE_SERVER_HOST": "::1", "TOLLGATE_SERVER_SHUTDOWN_SECONDS": "7",
                "TOLLGATE_SERVER_MAX_CONNECTIONS": "9", "TOLLGATE_SERVER_READ_TIMEOUT_SECONDS": "8",
                "TOLLGATE_DATABASE_POOL_SIZE": "3", "TOLLGATE_DATABASE_CONNECT_TIMEOUT_SECONDS": "11",
                "TOLLGATE_DATABASE_STATEMENT_TIMEOUT_SECONDS": "12", "TOLLGATE_DATABASE_LOCK_TIMEOUT_SECONDS": "13",
                "TOLLGATE_STORAGE_BACKEND": "s3", "TOLLGATE_STORAGE_KEY_PREFIX": "a/b",
                "TOLLGATE_STORAGE_CDN_URL": "https://cdn.example/x/", "TOLLGATE_STORAGE_S3_PATH_STYLE": "Yes",
                "TOLLGATE_STORAGE_S3_ACL": "private", "TOLLGATE_STORAGE_S3_SERVER_SIDE_ENCRYPTION": "aws:kms",
                "TOLLGATE_STORAGE_S3_STORAGE_CLASS": "STANDARD_IA", "TOLLGATE_UPLOADS_GRACE_SECONDS": "1",
                "TOLLGATE_UPLOADS_WINDOW_SECONDS": "2", "TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS": "3",
                "TOLLGATE_KEYS_ARGON2_MEMORY_KIB": "64", "TOLLGATE_KEYS_ARGON2_ITERATIONS": "4",
                "TOLLGATE_KEYS_ARGON2_PARALLELISM": "5", "TOLLGATE_KEYS_CACHE_SECONDS": "0",
                "TOLLGATE_LOG_LEVEL": "DEBUG", "TOLLGATE_LOG_FORMAT": "text",
                "TOLLGATE_STORAGE_LOCAL_DIRECTORY": "/srv/o", "TOLLGATE_STORAGE_LOCAL_BUCKET": "b-1",
                "TOLLGATE_STORAGE_LOCAL_REGION": "eu-central-1",
            ], configFile: "")
        #expect(settings.server.publicURL().description == "http://[::1]:8080")
        #expect(settings.server.maximumConnections == 9 && settings.server.readTimeout == .seconds(8))
        #expect(settings.server.shutdownTimeout == .seconds(7) && settings.database.poolSize == 3)
        #expect(settings.database.connectTimeout == .seconds(11) && settings.database.lockTimeout == .seconds(13))
        #expect(settings.database.statementTimeout == .seconds(12) && settings.storage.backend == .s3)
        #expect(settings.storage.keyPrefix == "a/b/" && settings.storage.s3.usesPathStyle)
        #expect(settings.storage.cdnURL?.description == "https://cdn.example/x")
        #expect(settings.storage.s3.acl == "private" && settings.storage.s3.serverSideEncryption == "aws:kms")
        #expect(settings.storage.s3.storageClass == "STANDARD_IA" && settings.storage.local.directory == "/srv/o")
        #expect(settings.storage.local.bucket == "b-1" && settings.storage.local.region == "eu-central-1")
        #expect(settings.uploads.grace == .seconds(1) && settings.uploads.window == .seconds(2))
        #expect(settings.uploads.sweepInterval == .seconds(3) && settings.keys.argon2MemoryKiB == 64)
        #expect(settings.keys.argon2Iterations == 4 && settings.keys.argon2Parallelism == 5)
        #expect(settings.keys.cacheLifetime == .zero && settings.log.level == .debug && settings.log.format == .text)
    }
}
