import Testing

@testable import TollgateServer

@Suite("HTTPURL and CORSOrigins")
struct HTTPURLTests {
    @Test(
        "a URL is spelled as browsers spell it, without a slash at its end",
        arguments: [
            ("http://a", "http://a"), ("HTTPS://Example.COM/", "https://example.com"),
            ("https://a:443/x//", "https://a/x"), ("http://a:80", "http://a"), ("http://a:443", "http://a:443"),
            ("http://[::1]:8080/p/q/", "http://[::1]:8080/p/q"), ("http://seaweed_1:8333", "http://seaweed_1:8333"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ])
    func spelled(_ text: String, _ expected: String) {
        #expect(HTTPURL(text)?.description == expected)
    }

    @Test(
        "what is no plain absolute URL is refused",
        arguments: [
            "", "a", "//a", "http:/a", "http:///x", "http://a:", "http://a:8x", "http://a:+8", "http://a b",
            "http://a/ b",
            "http://a//b/c", "http://a\\b", "http://[::1", "http://[x]", "http://.a", "http://a..b", "http://a/é",
            "http://a/\u{1}", "javascript://a",
        ])
    func refused(_ text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(
        "the public URL follows from host and port unless one is given",
        arguments: [
            ("127.0.0.1", "8080", "http://127.0.0.1:8080"), ("0.0.0.0", "80", "http://localhost"),
            ("::", "8080", "http://localhost:8080"), ("gate.example", "1", "http://gate.example:1"),
        ])
    func publicURL(_ host: String, _ port: String, _ expected: String) throws {
        let flags = ["server.host": host, "server.port": port]
        let settings = try Settings.load(flags: flags, environment: [:], configFile: "")
        #expect(settings.server.publicURL().description == expected)
        #expect(settings.entries.first { $0.definition.path == "server.public_url" }?.shown == expected)
        let given = try Settings.load(
            flags: flags, environment: ["TOLLGATE_SERVER_PUBLIC_URL": "https://x/y/"], configFile: "")
        #expect(given.server.publicURL(boundPort: 5).description == "https://x/y")
    }

    @Test("a port that the system chose stands in the public URL")
    func boundPort() throws {
        let settings = try Settings.load(environment: ["TOLLGATE_SERVER_PORT": "0"], configFile: "")
        #expect(settings.server.publicURL(boundPort: 4711).description == "http://127.0.0.1:4711")
    }

    @Test("origins allow themselves and no other")
    func origins() throws {
        let origins = try #require(CORSOrigins("https://a.example, http://localhost:3000,"))
        #expect(origins.allows("https://a.example") && origins.allows("http://localhost:3000"))
        for other in ["http://a.example", "https://a.example.evil", "https://a.example/", "null", ""] {
            #expect(!origins.allows(other))
        }
        #expect(CORSOrigins("*")?.allows("null") == true)
        #expect(CORSOrigins("") == .only([]))
    }
}
