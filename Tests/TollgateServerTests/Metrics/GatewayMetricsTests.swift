import Postgres
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("The page of metrics", .timeLimit(.minutes(1)))
struct GatewayMetricsTests {
    @Test("tasks that wait for a connection are told, and no others in their place")
    func connections() async throws {
        try await KeyFixture.with { fixture in
            let metrics = GatewayMetrics(
                requests: RequestMeters(),
                failures: FailedAuthentications(limit: RateLimit(quota: 1, windowSeconds: 1)),
                provers: KeyProvers(ordinary: fixture.argon2, suspects: fixture.argon2), keyCaches: [:],
                ledger: fixture.ledger, pool: fixture.pool, sweeper: SweeperMeters(),
                process: ProcessUsage(startedAt: KeyFixture.now))
            // One more than there are connections.
            let tasks = (0..<5).map { _ in Task { _ = try await fixture.pool.query("SELECT pg_sleep(60)") } }
            try await until { metrics.page().contains("\ntollgate_database_connections_waited_for 1\n") }
            #expect(metrics.page().contains("\ntollgate_database_connections_in_use 4\n"))
            #expect(metrics.page().contains("\ntollgate_argon2_jobs_waiting 0\n"))
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
            #expect(metrics.page().contains("\ntollgate_database_connections_waited_for 0\n"))
        }
    }
}
