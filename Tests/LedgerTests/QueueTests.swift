import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

/// What becomes of requests that wait while the database is busy with another batch: a real one, which waits for a lock
/// that the test holds.
@Suite("Waiting for the database", .serialized, .timeLimit(.minutes(2)))
struct QueueTests {
    /// Somebody else's lock of the tenant's counters, held until it is let go.
    private struct Lock {
        private let release: AsyncStream<Void>.Continuation
        private let held: Task<Void, any Error>

        /// - Returns: as soon as the lock is asked for; see `QueueTests.untilWaiting(_:_:)` for when it is had.
        init(_ fixture: LedgerFixture, of tenant: TenantID? = nil) {
            let (stream, release) = AsyncStream<Void>.makeStream()
            self.release = release
            let tenant = (tenant ?? fixture.tenant.id).rawValue
            held = Task { [pool = fixture.pool] in
                try await pool.withTransaction { connection in
                    _ = try await connection.query(
                        "SELECT tenant_id FROM tenant_usage WHERE tenant_id = \(tenant) FOR UPDATE")
                    _ = try await connection.query("SET LOCAL application_name TO 'holder'")
                    for await _ in stream { return }
                }
            }
        }

        func letGo() async throws {
            release.yield()
            try await held.value
        }
    }

    private static func count(_ sql: SQL, _ fixture: LedgerFixture) async throws -> Int64 {
        let row = try #require(try await fixture.pool.query(sql).first)
        return try row.decode("count", as: Int64.self)
    }

    private struct InVain: Error { let condition: String }

    private static func until(_ name: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            guard .now < end else { throw InVain(condition: name) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func untilHeld(_ fixture: LedgerFixture, _ number: Int64 = 1) async throws {
        try await until("\(number) locks are held") {
            try await count(
                """
                SELECT count(*) AS count FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'holder' AND state = 'idle in transaction'
                """, fixture) == number
        }
    }

    /// Until so many sessions wait for a lock.
    private static func untilWaiting(_ number: Int64, _ fixture: LedgerFixture) async throws {
        try await until("\(number) wait for the lock") {
            try await count(
                """
                SELECT count(*) AS count FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """, fixture) == number
        }
    }

    @Test("a start that is cancelled leaves its place: it is not committed, and its neighbours are")
    func cancelledStartLeaves() async throws {
        try await LedgerFixture.with { fixture in
            let lock = Lock(fixture)
            try await Self.untilHeld(fixture)
            let news = try (0..<3).map { _ in try fixture.newUpload(10) }
            let first = Task { try await fixture.ledger.reserve(news[0]) }
            try await Self.untilWaiting(1, fixture)
            let leaves = Task { try await fixture.ledger.reserve(news[1]) }
            let stays = Task { try await fixture.ledger.reserve(news[2]) }
            try await Self.until("the queue is as long") { fixture.ledger.starts.waitingCount == 2 }
            leaves.cancel()
            await #expect(throws: CancellationError.self) { try await leaves.value }
            #expect(fixture.ledger.starts.waitingCount == 1)
            try await lock.letGo()
            _ = try await first.value
            #expect(try await stays.value.usage.reservedBytes == 20)
            let there = try await fixture.ledger.uploads(
                of: fixture.tenant.id, status: nil, uploadedBy: nil, before: nil, limit: 10)
            #expect(Set(there.map(\.id)) == [news[0].upload.id, news[2].upload.id])
            try await fixture.requireExactCounters()
        }
    }

    @Test("one more than may wait is refused at once, and nothing of it is kept")
    func fullQueueRefuses() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = Ledger(pool: fixture.pool, maximumWaiting: 1)
            let lock = Lock(fixture)
            try await Self.untilHeld(fixture)
            let news = try (0..<3).map { _ in try fixture.newUpload(10) }
            let first = Task { try await ledger.reserve(news[0]) }
            try await Self.untilWaiting(1, fixture)
            let second = Task { try await ledger.reserve(news[1]) }
            try await Self.until("the queue is as long") { ledger.starts.waitingCount == 1 }
            await #expect(throws: LedgerError.overloaded) { try await ledger.reserve(news[2]) }
            try await lock.letGo()
            _ = try await (first.value, second.value)
            #expect(try await ledger.upload(news[2].upload.id, of: fixture.tenant.id) == nil)
            #expect(try await fixture.usage().reservedBytes == 20)
            try await fixture.requireExactCounters()
        }
    }

    @Test("an ending that the database refuses costs its neighbours nothing")
    func badEndingFailsAlone() async throws {
        try await LedgerFixture.with { fixture in
            let news = try (0..<4).map { _ in try fixture.newUpload(10) }
            for new in news { _ = try await fixture.ledger.reserve(new) }
            let lock = Lock(fixture)
            try await Self.untilHeld(fixture)
            let first = Task { try await fixture.finish(news[0], bytes: 10) }
            try await Self.untilWaiting(1, fixture)
            // A negative size breaks a constraint; the others share its batch.
            let others = [10, -1, 10].enumerated().map { number, bytes in
                Task { try await fixture.finish(news[number + 1], bytes: Int64(bytes)) }
            }
            try await Self.until("the queue is as long") { fixture.ledger.endings.waitingCount == 3 }
            try await lock.letGo()
            #expect(try await first.value?.status == .finished)
            #expect(try await others[0].value?.status == .finished)
            await #expect(throws: PostgresError.self) { try await others[1].value }
            #expect(try await others[2].value?.status == .finished)
            #expect(try await fixture.usage().usedBytes == 30)
            #expect(try await fixture.usage().pendingUploads == 1)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a quota that is lowered while a full tenant's starts are decided holds for them")
    func loweredQuotaHolds() async throws {
        let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 100 }
        try await LedgerFixture.with(limits: limits) { fixture in
            let batch = try StartBatch([fixture.newUpload(60), fixture.newUpload(50)])
            let lock = Lock(fixture)
            try await Self.untilHeld(fixture)
            let admissions = Task { try await Ledger.commit(batch, fixture.pool) }
            try await Self.untilWaiting(1, fixture)
            // Behind the first statement, which finds no room for both, and before the decision one by one.
            let second = Lock(fixture)
            try await Self.untilWaiting(2, fixture)
            try await lock.letGo()
            try await Self.untilHeld(fixture)
            try await Self.untilWaiting(1, fixture)
            let lowered = try LedgerFixture.limits { $0.storageQuotaBytes = 50 }
            _ = try await fixture.ledger.setLimits(lowered, of: fixture.tenant.id)
            try await second.letGo()
            let admitted = try await admissions.value.map { if case .admitted = $0 { true } else { false } }
            #expect(admitted == [false, true])
            #expect(try await fixture.usage().reservedBytes == 50)
            try await fixture.requireExactCounters()
        }
    }

    /// Lends a ledger whose statements wait two seconds for a lock.
    private static func withImpatientLedger(_ fixture: LedgerFixture, _ body: (Ledger) async throws -> Void)
        async throws
    {
        let pool = try PostgresPool(
            configuration: PostgresConfiguration(url: fixture.url, maximumConnections: 4, lockTimeout: .seconds(2)))
        do {
            try await body(Ledger(pool: pool))
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
    }

    private static func requireLockTimeout(_ task: Task<some Sendable, any Error>) async {
        await #expect {
            _ = try await task.value
        } throws: { error in
            (error as? PostgresError)?.sqlState == .lockNotAvailable
        }
    }

    @Test("a tenant whose counters are held fails once it was waited for; who is committed with it does not")
    func heldTenantFailsAlone() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            try await Self.withImpatientLedger(fixture) { ledger in
                let lock = Lock(fixture)
                try await Self.untilHeld(fixture)
                let news = try (0..<4).map { try fixture.newUpload(10, of: $0 == 2 ? other : nil) }
                let first = Task { try await ledger.reserve(news[0]) }
                try await Self.untilWaiting(1, fixture)
                let behind = news[1...].map { new in Task { try await ledger.reserve(new) } }
                try await Self.until("they wait behind it") { ledger.starts.waitingCount == 3 }
                await Self.requireLockTimeout(first)
                // Those behind were not tried with the one that is known by now.
                let begin = ContinuousClock.now
                #expect(try await behind[1].value.usage.reservedBytes == 10)
                #expect(ContinuousClock.now - begin < .seconds(1))
                #expect(ledger.heldTenants == 1)
                await Self.requireLockTimeout(behind[0])
                await Self.requireLockTimeout(behind[2])
                try await lock.letGo()
                #expect(try await ledger.reserve(news[3]).usage.reservedBytes == 10)
                #expect(ledger.heldTenants == 0)
            }
            try await fixture.requireExactCounters()
        }
    }

    @Test("what is known to be held is waited for in nobody's way, for starts and endings alike")
    func heldTenantWaitsApart() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            try await Self.withImpatientLedger(fixture) { ledger in
                let finishing = try (fixture.newUpload(10), fixture.newUpload(10, of: other))
                _ = try await ledger.reserve(finishing.0)
                _ = try await ledger.reserve(finishing.1)
                let lock = Lock(fixture)
                try await Self.untilHeld(fixture)
                let unknown = try fixture.newUpload(10)
                await Self.requireLockTimeout(Task { try await ledger.reserve(unknown) })
                let news = try (fixture.newUpload(10), fixture.newUpload(10))
                let start = Task { try await ledger.reserve(news.0) }
                let finish = Task { try await Self.finish(finishing.0, in: ledger) }
                let leaves = Task { try await ledger.reserve(news.1) }
                try await Self.until("they wait apart") { ledger.held.waitingCount == 3 }
                for _ in 0..<3 { _ = try await ledger.reserve(try fixture.newUpload(10, of: other)) }
                #expect(try await Self.finish(finishing.1, in: ledger)?.status == .finished)
                leaves.cancel()
                await #expect(throws: CancellationError.self) { try await leaves.value }
                #expect(ledger.held.waitingCount == 2)
                try await lock.letGo()
                _ = try await start.value
                #expect(try await finish.value?.status == .finished)
                #expect(ledger.heldTenants == 0)
            }
            try await fixture.requireExactCounters()
        }
    }

    /// Starts and endings of two tenants, each kind in one batch, where the second tenant is held: one kind has the first
    /// tenant's counters while it waits for the second's, and the other kind waits for the first's.
    @Test("a tenant whose counters are only waited with is not taken for held")
    func neighbourOfHeldTenantGoesOn() async throws {
        try await LedgerFixture.with { fixture in
            let (one, _) = try await LedgerFixture.makeTenant("one", in: fixture.ledger)
            let (two, _) = try await LedgerFixture.makeTenant("two", in: fixture.ledger)
            let inOrder = [one, two].sorted { $0.id.description < $1.id.description }
            let (free, held) = (inOrder[0], inOrder[1])
            try await Self.withImpatientLedger(fixture) { ledger in
                let finishing = try [free, free, held].map { try fixture.newUpload(10, of: $0) }
                for new in finishing { _ = try await ledger.reserve(new) }
                let locks = (Lock(fixture, of: free.id), Lock(fixture, of: held.id))
                try await Self.untilHeld(fixture, 2)
                let starting = try [free, free, held].map { try fixture.newUpload(10, of: $0) }
                var starts = [Task { try await ledger.reserve(starting[0]) }]
                var finishes = [Task { try await Self.finish(finishing[0], in: ledger) }]
                try await Self.untilWaiting(2, fixture)
                starts += starting[1...].map { new in Task { try await ledger.reserve(new) } }
                finishes += finishing[1...].map { new in Task { try await Self.finish(new, in: ledger) } }
                try await Self.until("two of each kind are the next batch") {
                    ledger.starts.waitingCount == 2 && ledger.endings.waitingCount == 2
                }
                try await locks.0.letGo()
                for start in starts[..<2] { _ = try await start.value }
                for finish in finishes[..<2] { #expect(try await finish.value?.status == .finished) }
                await Self.requireLockTimeout(starts[2])
                await Self.requireLockTimeout(finishes[2])
                try await locks.1.letGo()
                _ = try await ledger.reserve(try fixture.newUpload(10, of: held))
                #expect(ledger.heldTenants == 0)
            }
            try await fixture.requireExactCounters()
        }
    }

    private static func finish(_ new: NewUpload, in ledger: Ledger) async throws -> Upload? {
        let bytes = try #require(new.upload.declaredBytes)
        return try await ledger.finish(
            new.upload.id, of: new.upload.tenantID, object: FinishedObject(bytes: bytes, etag: "e", checksum: nil),
            terms: LedgerFixture.holding.finished(
                storedBytes: bytes, allowedBytes: bytes...bytes, checksumDeclared: false,
                expiresAt: new.upload.expiresAt, at: LedgerFixture.now),
            at: LedgerFixture.now)
    }
}
