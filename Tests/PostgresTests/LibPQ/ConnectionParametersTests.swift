import Testing

@testable import Postgres

@Suite("Connection parameters", .timeLimit(.minutes(1)))
struct ConnectionParametersTests {
    @Test("passes libpq's TLS parameters on: a server without TLS is refused when the URL demands it")
    func requiresTLS() async throws {
        // TLS is a matter of TCP alone, and the test's server listens on a socket file.
        let server = try PlainServer()
        let strict = "postgresql://a@127.0.0.1:\(server.port)/a?sslmode=verify-full&sslrootcert=/nonexistent/ca.pem"
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: strict, maximumConnections: 1))
        let error = await postgresError { try await pool.query("SELECT 1") }
        guard case .connectionFailed(let reason) = error else {
            Issue.record("expected connectionFailed, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("SSL") || reason.contains("certificate"))
    }

    @Test("the URL's own application name goes before the configuration's")
    func urlWins() async throws {
        let url = try await TestDatabase.url()
        let named = url + (url.contains("?") ? "&" : "?") + "application_name=mine"
        try await TestDatabase.withPool(adjust: { $0.url = named }) { pool in
            let name: String = try await pool.query("SELECT current_setting('application_name') AS name")[0].decode(
                "name")
            #expect(name == "mine")
        }
    }

    @Test("a host that never answers costs the connect time-out, not more")
    func connectTimeout() async throws {
        // Reserved for documentation (RFC 5737): packets to it go nowhere, or are refused at once.
        let pool = try PostgresPool(
            configuration: PostgresConfiguration(
                url: "postgresql://u@192.0.2.1/d", maximumConnections: 1, connectTimeout: .seconds(2)))
        let started = ContinuousClock.now
        let error = await postgresError { try await pool.query("SELECT 1") }
        guard case .connectionFailed = error else {
            Issue.record("expected connectionFailed, got \(String(describing: error))")
            return
        }
        #expect(started.duration(to: .now) < .seconds(6))
    }
}
