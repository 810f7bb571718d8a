import Testing

@testable import TollgateServer

@Suite("Malformed settings")
struct MalformedSettingsTests {
    @Test(
        "are refused with the key, the source and what is expected",
        arguments: [
            ("SERVER_PORT", "abc", "\"abc\" is not a whole number from 0 to 65535"),
            ("SERVER_PORT", "65536", "from 0 to 65535"), ("SERVER_PORT", "-1", "from 0 to 65535"),
            ("SERVER_PORT", " 80", "whole number"), ("SERVER_PORT", "8_080", "whole number"),
            ("SERVER_PORT", "99999999999999999999", "whole number"), ("SERVER_PORT", "٣", "whole number"),
            ("SERVER_PORT", "", "the value is empty; expected a whole number from 0 to 65535"),
            ("SERVER_HOST", "a b", "host name"), ("SERVER_HOST", "-x", "host name"), ("SERVER_HOST", "", "empty"),
            ("SERVER_PUBLIC_URL", "example.com", "an absolute http or https URL"),
            ("SERVER_PUBLIC_URL", "ftp://example.com", "absolute http"),
            ("SERVER_PUBLIC_URL", "https://", "absolute http"), ("SERVER_PUBLIC_URL", "https://a/?q", "absolute"),
            ("SERVER_PUBLIC_URL", "https://u:p@a", "absolute http"), ("SERVER_PUBLIC_URL", "https://a:0", "absolute"),
            ("SERVER_PUBLIC_URL", "https://a:99999", "absolute"), ("SERVER_PUBLIC_URL", "https://a#b", "absolute"),
            ("SERVER_CORS_ORIGINS", "example.com", "a list of origins"),
            ("SERVER_CORS_ORIGINS", "https://a.example/", "a list of origins"),
            ("SERVER_CORS_ORIGINS", "https://a.example,*", "a list of origins"),
            ("SERVER_CORS_ORIGINS", "https://*.example", "a list of origins"),
            ("SERVER_CORS_ORIGINS", "null", "a list"),
            ("SERVER_TRUSTED_PROXIES", "proxy.example", "a list of IP addresses"),
            ("SERVER_TRUSTED_PROXIES", "10.0.0.0/33", "a list of IP addresses"),
            ("SERVER_TRUSTED_PROXIES", "10.0.0.0/", "a list of IP addresses"),
            ("SERVER_TRUSTED_PROXIES", "10.0.0.1:80", "a list of IP addresses"),
            ("SERVER_MAX_CONNECTIONS", "0", "from 1"), ("DATABASE_URL", "mysql://x", "a PostgreSQL URL"),
            ("DATABASE_URL", "host=x", "a PostgreSQL URL"), ("DATABASE_URL", "postgresql://u:p@ss@host/d", "%40"),
            ("STORAGE_BACKEND", "S3", "local or s3"), ("STORAGE_BACKEND", "", "local or s3"),
            ("STORAGE_KEY_PREFIX", "/a", "a key prefix"), ("STORAGE_KEY_PREFIX", "a//b", "a key prefix"),
            ("STORAGE_KEY_PREFIX", "../a", "a key prefix"), ("STORAGE_KEY_PREFIX", "/", "a key prefix"),
            ("STORAGE_S3_PATH_STYLE", "maybe", "true or false"), ("STORAGE_S3_BUCKET", "a", "a bucket name"),
            ("STORAGE_S3_BUCKET", "a..b", "a bucket name"), ("STORAGE_S3_REGION", "eu west", "a region"),
            ("STORAGE_S3_ACL", "publik", "one of private, public-read"),
            ("STORAGE_S3_SERVER_SIDE_ENCRYPTION", "aes", "one of AES256"),
            ("STORAGE_S3_UPLOAD_METHOD", "PUT", "post or put"), ("STORAGE_CDN_KEY_PAIR_ID", "K&x", "a key pair id"),
            ("STORAGE_LOCAL_ACCESS_KEY_ID", "a/b", "an access key id"),
            ("UPLOADS_GRACE_SECONDS", "1.5", "(seconds)"), ("UPLOADS_WINDOW_SECONDS", "0", "from 1"),
            ("KEYS_CACHE_SECONDS", "61", "from 0 to 60"), ("KEYS_ARGON2_ITERATIONS", "0", "from 1"),
            ("LOG_LEVEL", "loud", "one of trace, debug, info"), ("LOG_FORMAT", "xml", "json or text"),
        ])
    func refused(_ name: String, _ value: String, _ expectation: String) throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(environment: ["TOLLGATE_\(name)": value], configFile: "")
        }
        #expect(error.problems.count == 1)
        #expect(error.description.contains("TOLLGATE_\(name), from the environment: "), "\(error)")
        #expect(error.description.contains(expectation), "\(error)")
    }

    @Test("are all reported at once, whatever layer they stand in")
    func allAtOnce() throws {
        try withFile("uploads:\n  grace_seconds: soon\nserver:\n  port: [1, 2]\nnonsense: 1\n") { path in
            let error = try #require(throws: SettingsError.self) {
                try Settings.load(
                    flags: ["server.host": "a b", "server.bogus": "1"], environment: ["TOLLGATE_LOG_LEVEL": "loud"],
                    configFile: path, generated: ["keys.cache_seconds": "x"])
            }
            let text = error.description
            #expect(error.problems.count == 7)
            #expect(
                text.contains("uploads.grace_seconds (TOLLGATE_UPLOADS_GRACE_SECONDS), from file \(path): \"soon\""))
            #expect(text.contains("server.port (TOLLGATE_SERVER_PORT), from file \(path): a list stands here"))
            #expect(text.contains("server.host (TOLLGATE_SERVER_HOST), from a flag: \"a b\""))
            #expect(text.contains("\"server.bogus\", from a flag: there is no such setting"))
            #expect(text.contains("\"nonsense\", from file \(path): there is no such setting"))
            #expect(text.contains("keys.cache_seconds (TOLLGATE_KEYS_CACHE_SECONDS), from dev: "))
        }
    }

    @Test(
        "an unknown key in the file stops the start, with the likely one",
        arguments: [
            ("server:\n  prot: 1", "\"server.prot\"", "did you mean server.port?"),
            ("keys:\n  argon2_memory_kib: 1", "\"keys.argon2_memory_kib\"", "did you mean keys.argon2.memory_kib?"),
            ("server: 5", "server", "a value stands here; expected nested keys"),
            ("quota:\n  bytes: 1", "\"quota.bytes\"", "there is no such setting"),
            ("server:\n  port:\n    number: 1", "\"server.port.number\"", "there is no such setting"),
            ("\"a\\e[31m\": 1", "\"a\\u001b[31m\"", "there is no such setting"),
        ])
    func unknownInFile(_ yaml: String, _ name: String, _ message: String) throws {
        try withFile(yaml) { path in
            let problems = SettingsReport(environment: [:], configFile: path).problems
            #expect(problems.count == 1)
            #expect(problems.first?.name == name)
            #expect(problems.first?.message.contains(message) == true, "\(problems)")
        }
    }

    @Test("an unknown variable is a warning, what dev.env holds is not")
    func unknownInEnvironment() throws {
        var environment = ["TOLLGATE_SERVER_PROT": "hunter2", "TOLLGATE_FOO": "hunter2", "OTHER": "1"]
        for name in UnknownNames.otherVariables where name != "TOLLGATE_CONFIG" { environment[name] = "x" }
        let settings = try Settings.load(environment: environment, configFile: "")
        #expect(
            settings.warnings == [
                "TOLLGATE_FOO in the environment is no setting",
                "TOLLGATE_SERVER_PROT in the environment is no setting; did you mean TOLLGATE_SERVER_PORT?",
            ])
    }

    @Test("a file that is missing, no file, or no YAML says so without quoting it")
    func brokenFile() throws {
        for path in ["/nonexistent/tollgate.yaml", "/tmp", "/dev/zero"] {
            let problems = SettingsReport(environment: [:], configFile: path).problems
            #expect(problems.count == 1 && problems.first?.source == .file(path), "\(path): \(problems)")
        }
        for yaml in [
            "secret: \"hunter2", "secret: hunter2\n bad: 1", "- hunter2", "hunter2", "a: *hunter2\n",
            "secret: {hunter2",
            "secret: hunter2\nsecret: hunter2", "secret: hunter2\u{1}", "secret:\n  - - hunter2\n",
        ] {
            try withFile(yaml) { path in
                let problems = SettingsReport(environment: [:], configFile: path).problems
                #expect(!problems.isEmpty, "\(yaml)")
                #expect(problems.allSatisfy { !$0.description.contains("hunter2") }, "\(problems)")
            }
        }
    }

    @Test("values that do not go together are refused for every command")
    func contradictions() throws {
        let cases: [([String: String], String)] = [
            (["KEYS_ARGON2_MEMORY_KIB": "16", "KEYS_ARGON2_PARALLELISM": "4"], "TOLLGATE_KEYS_ARGON2_MEMORY_KIB"),
            (["STORAGE_BACKEND": "s3", "STORAGE_S3_ACCESS_KEY_ID": "AK"], "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY"),
            (
                ["STORAGE_BACKEND": "s3", "STORAGE_S3_SECRET_ACCESS_KEY": "hunter2"],
                "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID"
            ),
            (["STORAGE_BACKEND": "s3", "STORAGE_S3_SESSION_TOKEN": "hunter2"], "TOLLGATE_STORAGE_S3_SESSION_TOKEN"),
            (
                ["STORAGE_CDN_URL": "https://c", "STORAGE_CDN_KEY_PAIR_ID": "K"],
                "TOLLGATE_STORAGE_CDN_PRIVATE_KEY_FILE"
            ),
            (
                ["STORAGE_CDN_URL": "https://c", "STORAGE_CDN_PRIVATE_KEY_FILE": "/k"],
                "TOLLGATE_STORAGE_CDN_KEY_PAIR_ID"
            ),
            (["STORAGE_CDN_KEY_PAIR_ID": "K", "STORAGE_CDN_PRIVATE_KEY_FILE": "/k"], "TOLLGATE_STORAGE_CDN_URL"),
        ]
        for (values, name) in cases {
            let environment = Dictionary(uniqueKeysWithValues: values.map { ("TOLLGATE_" + $0.key, $0.value) })
            let problems = SettingsReport(environment: environment, configFile: "").problems
            #expect(problems.map(\.name) == [name])
            #expect(!"\(problems)".contains("hunter2"))
        }
    }
}
