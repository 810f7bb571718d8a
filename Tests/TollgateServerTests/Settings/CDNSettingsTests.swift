import TestSupport
import Testing

@testable import TollgateServer

@Suite("The CDN's key")
struct CDNSettingsTests {
    private func settings(_ path: String) throws -> Settings {
        var environment = ServingSettingsTests.complete
        environment["TOLLGATE_STORAGE_CDN_URL"] = "https://cdn.example.com"
        environment["TOLLGATE_STORAGE_CDN_KEY_PAIR_ID"] = "K2JCJMDEHXQW5F"
        environment["TOLLGATE_STORAGE_CDN_PRIVATE_KEY_FILE"] = path
        return try Settings.load(environment: environment, configFile: "")
    }

    @Test("is read from its file, of which only its owner need be able to read it", arguments: [0o600, 0o640, 0o644])
    func readable(_ mode: Int) throws {
        try withFile(TestKey.rsa, mode: mode) { path in
            let settings = try settings(path)
            #expect(try settings.serving().cdn != nil)
            #expect(
                settings.warnings
                    == (mode == 0o644
                        ? ["\(path) holds a private key and every user can read it; chmod 640 or less"] : []))
        }
    }

    @Test(
        "stops the start where it cannot sign, and says why",
        arguments: [
            (TestKey.short, "an RSA key of 1024 bits; CloudFront takes 2048"),
            (TestKey.ellipticCurve, "another algorithm; RSA is expected"),
            (TestKey.publicHalf, "holds no private key in PEM"), (TestKey.encrypted, "without a passphrase"),
            ("hunter2", "holds no private key in PEM"), (String(repeating: "k", count: 65_537), "larger than 64 KiB"),
        ])
    func refused(_ text: String, _ expectation: String) throws {
        try withFile(text) { path in
            let settings = try settings(path)
            let error = try #require(throws: SettingsError.self) { try settings.serving() }
            #expect(error.problems.map(\.name) == ["TOLLGATE_STORAGE_CDN_PRIVATE_KEY_FILE"])
            #expect(error.description.contains("\(path) ") && error.description.contains(expectation), "\(error)")
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test("stops the start where its file is missing or none", arguments: ["/nonexistent/key.pem", "/tmp"])
    func missing(_ path: String) throws {
        let settings = try settings(path)
        let error = try #require(throws: SettingsError.self) { try settings.serving() }
        #expect(error.description.contains("\(path) is missing or cannot be read"), "\(error)")
    }

    @Test("need not be there: then links are not signed")
    func unsigned() throws {
        var environment = ServingSettingsTests.complete
        #expect(try Settings.load(environment: environment, configFile: "").serving().cdn == nil)
        environment["TOLLGATE_STORAGE_CDN_URL"] = "https://cdn.example.com/"
        #expect(try Settings.load(environment: environment, configFile: "").serving().cdn != nil)
    }
}
