import Foundation
import Testing

@testable import TollgateServer

/// With `UPDATE_CONFIGURATION_TEXT=1` in the environment these write the texts instead of comparing them.
@Suite("The configuration file and its documentation")
struct ConfigurationTextTests {
    let definitions = Settings.definitions
    let isUpdating = ProcessInfo.processInfo.environment["UPDATE_CONFIGURATION_TEXT"] == "1"

    @Test("the shipped file holds every key with its default and its comment, and nothing else")
    func fileMatchesDefinitions() throws {
        let expected = ConfigurationText.yaml(definitions)
        var text = try String(contentsOf: ConfigurationText.yamlFile, encoding: .utf8)
        let start = try #require(text.range(of: "\nserver:\n")).lowerBound
        if isUpdating {
            text.replaceSubrange(start..., with: expected)
            try text.write(to: ConfigurationText.yamlFile, atomically: true, encoding: .utf8)
        }
        #expect(text[start...] == expected)
        #expect(text[..<start].split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
    }

    @Test("the shipped file is read without a problem and changes nothing")
    func fileChangesNothing() throws {
        let path = ConfigurationText.yamlFile.path
        let file = try ConfigFile(path: path)
        #expect(file.names == definitions.map(\.path).sorted())
        let with = SettingsReport(environment: [:], configFile: path)
        let without = SettingsReport(environment: [:], configFile: "")
        #expect(with.problems.isEmpty && with.settings.warnings.isEmpty)
        #expect(with.settings.entries.map(\.shown) == without.settings.entries.map(\.shown))
    }

    @Test("the shipped file leaves room for what dev makes")
    func fileYieldsToDev() throws {
        let generated = [
            "database.url": "postgresql:///dev", "secret": String(repeating: "s", count: 40), "log.format": "text",
            "storage.local.directory": "/tmp/d", "storage.local.access_key_id": "K", "server.cors_origins": "*",
            "storage.local.secret_access_key": "generatedsecretkey", "server.public_url": "http://127.0.0.1:9",
        ]
        let settings = try Settings.load(
            environment: [:], configFile: ConfigurationText.yamlFile.path, generated: generated)
        let made = settings.entries.filter { $0.source == .dev }.map(\.definition.path)
        #expect(Set(made) == Set(generated.keys))
        #expect(settings.log.format == .text && settings.server.corsOrigins == .any)
        _ = try settings.serving()
    }

    @Test("the documentation has each group's table, and names no other key")
    func documentMatchesDefinitions() throws {
        var text = try String(contentsOf: ConfigurationText.documentFile, encoding: .utf8)
        let tables = ConfigurationText.tables(definitions)
        if isUpdating {
            let head = try #require(text.range(of: "\n## Server\n")).lowerBound
            let tail = try #require(text.range(of: "\n## What `serve` requires\n")).lowerBound
            text.replaceSubrange(head..<tail, with: tables.map { "\n## \($0.title)\n\n\($0.table)" }.joined())
            try text.write(to: ConfigurationText.documentFile, atomically: true, encoding: .utf8)
        }
        for (title, table) in tables {
            #expect(text.contains("\n## \(title)\n\n\(table)\n"), "the table of \(title) should be:\n\(table)")
        }
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `TOLLGATE_") }
        #expect(rows.count == definitions.count)
        let named = Set(text.matches(of: /TOLLGATE_[A-Z0-9_]+/).map { String($0.output) })
        let known = Set(definitions.map(\.environmentName)).union(UnknownNames.otherVariables).union(["TOLLGATE_"])
        #expect(named.isSubset(of: known), "\(named.subtracting(known).sorted())")
    }

    @Test("every setting that the product promises exists under its name")
    func namesArePromised() {
        let promised = """
            SERVER_HOST SERVER_PORT SERVER_PUBLIC_URL SERVER_MAX_CONNECTIONS SERVER_CORS_ORIGINS DATABASE_URL
            DATABASE_POOL_SIZE SECRET STORAGE_BACKEND STORAGE_LOCAL_DIRECTORY STORAGE_LOCAL_ACCESS_KEY_ID
            STORAGE_LOCAL_SECRET_ACCESS_KEY STORAGE_S3_ENDPOINT STORAGE_S3_PUBLIC_ENDPOINT STORAGE_S3_REGION
            STORAGE_S3_BUCKET STORAGE_S3_PATH_STYLE STORAGE_S3_ACCESS_KEY_ID STORAGE_S3_SECRET_ACCESS_KEY
            STORAGE_S3_SESSION_TOKEN STORAGE_S3_ACL STORAGE_S3_SERVER_SIDE_ENCRYPTION STORAGE_S3_STORAGE_CLASS
            STORAGE_KEY_PREFIX STORAGE_CDN_URL STORAGE_CDN_KEY_PAIR_ID STORAGE_CDN_PRIVATE_KEY_FILE
            STORAGE_S3_UPLOAD_METHOD UPLOADS_GRACE_SECONDS UPLOADS_WINDOW_SECONDS
            UPLOADS_SWEEP_INTERVAL_SECONDS KEYS_ARGON2_MEMORY_KIB KEYS_ARGON2_ITERATIONS KEYS_ARGON2_PARALLELISM
            KEYS_CACHE_SECONDS LOG_LEVEL LOG_FORMAT STORAGE_LOCAL_BUCKET STORAGE_LOCAL_REGION STORAGE_LOCAL_DURABLE
            DATABASE_CONNECT_TIMEOUT_SECONDS DATABASE_STATEMENT_TIMEOUT_SECONDS DATABASE_LOCK_TIMEOUT_SECONDS
            SERVER_SHUTDOWN_SECONDS SERVER_READ_TIMEOUT_SECONDS STORAGE_S3_PART_MIB STORAGE_S3_CONNECT_TIMEOUT_SECONDS
            STORAGE_S3_REQUEST_TIMEOUT_SECONDS STORAGE_S3_IDLE_TIMEOUT_SECONDS SERVER_WRITE_TIMEOUT_SECONDS
            SECRET_PREVIOUS LIMITS_KEY_REQUESTS_PER_SECOND LIMITS_FAILED_AUTHENTICATIONS
            LIMITS_FAILED_AUTHENTICATION_WINDOW_SECONDS SERVER_TRUSTED_PROXIES
            """
        let names = promised.split(whereSeparator: \.isWhitespace).map { "TOLLGATE_" + $0 }
        #expect(Set(names) == Set(definitions.map(\.environmentName)))
        #expect(names.count == definitions.count)
    }
}
