import Testing

@testable import TollgateServer

@Suite("What serve requires")
struct ServingSettingsTests {
    static let complete = [
        "TOLLGATE_DATABASE_URL": "postgresql:///d", "TOLLGATE_SECRET": "0123456789abcdef0123456789abcdef",
        "TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID": "K", "TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY": "0123456789abcdef",
        "TOLLGATE_STORAGE_S3_BUCKET": "bucket", "TOLLGATE_STORAGE_S3_REGION": "us-east-1",
    ]

    @Test(
        "each missing value is named",
        arguments: [
            ("local", "DATABASE_URL"), ("local", "SECRET"), ("local", "STORAGE_LOCAL_ACCESS_KEY_ID"),
            ("local", "STORAGE_LOCAL_SECRET_ACCESS_KEY"), ("s3", "STORAGE_S3_BUCKET"), ("s3", "STORAGE_S3_REGION"),
        ])
    func missing(_ backend: String, _ name: String) throws {
        var environment = Self.complete
        environment["TOLLGATE_STORAGE_BACKEND"] = backend
        environment["TOLLGATE_\(name)"] = nil
        let settings = try Settings.load(environment: environment, configFile: "")
        let error = try #require(throws: SettingsError.self) { try settings.serving() }
        #expect(error.problems.map(\.name) == ["TOLLGATE_\(name)"])
        #expect(error.description.contains("TOLLGATE_\(name): is required"))
    }

    @Test("all that is missing is named at once")
    func allMissing() throws {
        let settings = try Settings.load(environment: [:], configFile: "")
        let error = try #require(throws: SettingsError.self) { try settings.serving() }
        #expect(error.problems.count == 4)
        #expect(throws: SettingsError.self) { try settings.requiredDatabaseURL() }
    }

    @Test(
        "a secret is measured in bytes",
        arguments: [("é", 15, false), ("é", 16, true), ("a", 31, false), ("a", 32, true)])
    func secretLength(_ letter: String, _ count: Int, _ isEnough: Bool) throws {
        var environment = Self.complete
        environment["TOLLGATE_SECRET"] = String(repeating: letter, count: count)
        let settings = try Settings.load(environment: environment, configFile: "")
        if isEnough {
            #expect(try settings.serving().secret.byteCount == 32)
        } else {
            #expect(throws: SettingsError.self) { try settings.serving() }
        }
    }

    @Test("what belongs to the other store is not required")
    func stores() throws {
        for (backend, names) in [("local", ["S3_BUCKET", "S3_REGION"]), ("s3", ["LOCAL_ACCESS_KEY_ID"])] {
            var environment = Self.complete
            environment["TOLLGATE_STORAGE_BACKEND"] = backend
            for name in names { environment["TOLLGATE_STORAGE_\(name)"] = nil }
            let serving = try Settings.load(environment: environment, configFile: "").serving()
            switch serving.store {
            case .local(let local, let identifier, _): #expect(local.bucket == "tollgate" && identifier == "K")
            case .s3(_, let bucket, let region): #expect(bucket == "bucket" && region == "us-east-1")
            }
        }
    }

    @Test("check-config prints a line for each setting, then what is wrong")
    func rendered() throws {
        let report = SettingsReport(
            flags: ["server.port": "9"],
            environment: [
                "TOLLGATE_LOG_LEVEL": "loud", "TOLLGATE_SECRET": "short", "TOLLGATE_X": "1",
                "TOLLGATE_SERVER_HOST": "h.example",
            ],
            configFile: "", generated: ["log.format": "text"])
        let error = try #require(throws: SettingsError.self) { try report.settings.serving() }
        let text = report.render(servingProblems: error.problems)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "file: none", "name value source", "TOLLGATE_SERVER_PORT 9 flag", "TOLLGATE_SECRET (hidden) environment",
            "TOLLGATE_SERVER_HOST h.example environment", "TOLLGATE_SERVER_PUBLIC_URL http://h.example:9 default",
            "TOLLGATE_DATABASE_URL (not set) default", "TOLLGATE_LOG_LEVEL (malformed) environment",
            "TOLLGATE_LOG_FORMAT text dev", "TOLLGATE_DATABASE_POOL_SIZE 8 default", "problems:", "problems for serve:",
            "TOLLGATE_SECRET, from the environment: must be at least 32 bytes long",
            "TOLLGATE_DATABASE_URL: is required: postgresql://user:password@host/database",
            "TOLLGATE_X in the environment is no setting",
        ] {
            #expect(lines.contains(line), "\(line)\n\(text)")
        }
        #expect(lines.filter { $0.hasPrefix("TOLLGATE_") }.count >= Settings.definitions.count)
    }

    @Test("a local store that waits for no disk is warned of, wherever settings are shown")
    func undurable() throws {
        #expect(try Settings.load(environment: [:], configFile: "").storage.local.isDurable)
        let report = SettingsReport(environment: ["TOLLGATE_STORAGE_LOCAL_DURABLE": "false"], configFile: "")
        #expect(!report.settings.storage.local.isDurable)
        #expect(report.settings.warnings.count == 1)
        #expect(report.render().contains("LOSES FILES"))
    }
}
