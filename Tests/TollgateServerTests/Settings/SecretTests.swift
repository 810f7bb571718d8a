import Testing

@testable import TollgateServer

@Suite("Secrets are shown nowhere")
struct SecretTests {
    static let hidden = "hunter2"
    static let secretDefinitions = Settings.definitions.filter(\.isSecret)

    @Test("a secret is hidden in every way of printing")
    func secret() {
        let secret = Secret("hunter2hunter2")
        #expect(printings(of: secret).allSatisfy { !$0.contains(Self.hidden) })
        #expect(printings(of: ["a": Optional(secret)]).allSatisfy { !$0.contains(Self.hidden) })
        #expect("\(secret)" == "(hidden)" && secret.revealed == "hunter2hunter2")
    }

    @Test("settings full of secrets, from every layer, print none of them", arguments: ["flag", "env", "file", "dev"])
    func settings(_ layer: String) throws {
        var values = Dictionary(
            uniqueKeysWithValues: Self.secretDefinitions.map {
                ($0.path, "hunter2-" + String(repeating: "x", count: 40))
            })
        values["database.url"] = "postgresql://tollgate:hunter2@db.example/tollgate?sslpassword=hunter2"
        values["storage.local.access_key_id"] = "LOCAL"
        values["storage.s3.access_key_id"] = "AKIA"
        let environment = Dictionary(
            uniqueKeysWithValues: values.map { (SettingDefinition.environmentName(ofPath: $0.key), $0.value) })
        let yaml = values.map { "\"\($0.key)\": \"\($0.value)\"\n" }.joined()
        try withFile(layer == "file" ? yaml : "") { path in
            let report = SettingsReport(
                flags: layer == "flag" ? values : [:], environment: layer == "env" ? environment : [:],
                configFile: path, generated: layer == "dev" ? values : [:])
            #expect(report.problems.isEmpty, "\(report.problems)")
            let serving = try report.settings.serving()
            #expect(serving.secret.revealed.hasPrefix(Self.hidden))
            for text in printings(of: report) + printings(of: serving) + [report.render()] {
                #expect(!text.contains(Self.hidden))
            }
            #expect(report.render().contains("postgresql://tollgate:(hidden)@db.example/tollgate?sslpassword=(hidden)"))
            #expect(report.render().components(of: "(hidden)") == Self.secretDefinitions.count + 2)
        }
    }

    @Test(
        "a malformed secret is refused without being shown", arguments: secretDefinitions.map(\.path) + ["database.url"]
    )
    func malformed(_ path: String) throws {
        for value in ["hunter2\n", " hunter2", "hunter2\u{7F}"] {
            let report = SettingsReport(
                environment: [SettingDefinition.environmentName(ofPath: path): value], configFile: "")
            #expect(report.problems.count == 1)
            #expect("\(report.problems)".contains("the value (not shown) is not"))
            for text in printings(of: SettingsError(problems: report.problems)) + [report.render()] {
                #expect(!text.contains(Self.hidden))
            }
        }
    }

    @Test("a secret in the place of its id is not shown")
    func swappedPair() {
        let report = SettingsReport(
            environment: [
                "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID": "hunter2/x", "TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY": "A",
            ],
            configFile: "")
        #expect(!report.problems.isEmpty && !report.render().contains(Self.hidden))
    }

    @Test(
        "a file that everyone can read and that holds a secret is worth a warning", arguments: [(0o644, 1), (0o640, 0)])
    func exposedFile(_ mode: Int, _ warnings: Int) throws {
        for yaml in ["secret: hunter2\n", "database:\n  url: postgresql://u:hunter2@h/d\n"] {
            try withFile(yaml, mode: mode) { path in
                let settings = try Settings.load(environment: [:], configFile: path)
                #expect(settings.warnings.count == warnings)
            }
        }
        try withFile("server:\n  port: 1\n", mode: mode) { path in
            let settings = try Settings.load(environment: [:], configFile: path)
            #expect(settings.warnings.isEmpty)
        }
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

/// Everything that Swift makes of a value when it is printed.
func printings(of value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    let children = Mirror(reflecting: value).children.map { "\($0)" }
    return [String(describing: value), String(reflecting: value), dumped] + children
}
