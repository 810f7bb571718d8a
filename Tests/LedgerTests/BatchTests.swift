import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("Batches", .timeLimit(.minutes(2)))
struct BatchTests {
    /// What a finished upload of declared size and checksum holds.
    private static let nothingHeld = LedgerFixture.holding.finished(
        storedBytes: 1, allowedBytes: 1...1, checksumDeclared: true, expiresAt: LedgerFixture.now, at: LedgerFixture.now
    )

    private static func ending(_ new: NewUpload, _ change: Ending.Change) -> Ending {
        Ending(
            id: new.upload.id, tenant: new.upload.tenantID, change: change, terms: nothingHeld, formExpiresAt: nil,
            now: LedgerFixture.now)
    }

    @Test("a tenant without room for all is decided one by one in order; its neighbour is not held up")
    func decidesInOrder() async throws {
        let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 100 }
        try await LedgerFixture.with(limits: limits) { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            let batch = try StartBatch([
                fixture.newUpload(60), fixture.newUpload(50), fixture.newUpload(7, of: other), fixture.newUpload(40),
                fixture.newUpload(1),
            ])
            let admissions = try await Ledger.commit(batch, fixture.pool)
            let admitted = admissions.map { admission in
                if case .admitted = admission { true } else { false }
            }
            #expect(admitted == [true, false, true, true, false])
            guard case .refused(let exceeded) = admissions[1] else { return }
            #expect(
                exceeded == QuotaExceeded(name: .storageBytes, limit: 100, used: 0, reserved: 60, requested: 50))
            #expect(try await fixture.usage().reservedBytes == 100)
            try await fixture.requireExactCounters()
        }
    }

    @Test("endings of several tenants and kinds in one batch, one upload named twice")
    func mixedEndings() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            let news = try [
                fixture.newUpload(10), fixture.newUpload(20), fixture.newUpload(30, of: other), fixture.newUpload(40),
            ]
            _ = try await Ledger.commit(StartBatch(news), fixture.pool)
            _ = try await fixture.finish(news[3], bytes: 40)
            let object = FinishedObject(bytes: 10, etag: "e", checksum: nil)
            let ended = try await Ledger.commit(
                EndingBatch([
                    Self.ending(news[0], .finish(object, .none)), Self.ending(news[0], .withdraw(.abort)),
                    Self.ending(news[1], .withdraw(.abort)), Self.ending(news[2], .finish(object, .none)),
                    Self.ending(news[3], .withdraw(.delete)), Self.ending(news[3], .withdraw(.abort)),
                ]), fixture.pool)
            #expect(ended.map { $0?.status } == [.finished, nil, .aborted, .finished, .deleted, nil])
            let usage = try await fixture.usage()
            #expect(usage.usedBytes == 10)
            #expect(usage.reservedBytes == 0)
            #expect(usage.pendingUploads == 0)
            #expect(try await fixture.ledger.usage(of: other.id, at: LedgerFixture.now).usage.usedBytes == 10)
            try await fixture.requireExactCounters()
        }
    }

    @Test("PostgreSQL keeps one plan for the batches of a busy tenant", arguments: [2, 40])
    func keepsPlan(count: Int) async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.pool.withConnection { connection in
                // From the sixth execution on it may keep one (PostgreSQL, PREPARE, "Notes").
                for _ in 0..<8 {
                    let news = try (0..<count).map { _ in try fixture.newUpload(1) }
                    try await connection.query(StartBatch(news).statement)
                    let looks = news.map { UploadReference($0.upload) }
                    #expect(try await connection.query(Ledger.select(looks)).count == count)
                    try await connection.query(EndingBatch(news.map { Self.ending($0, .withdraw(.abort)) }).statement)
                }
                let plans = try await connection.query(
                    """
                    SELECT generic_plans FROM pg_prepared_statements WHERE statement ~ 'unnest[(]'
                    """)
                #expect(try plans.map { try $0.decode("generic_plans", as: Int64.self) } == [3, 3, 3])
            }
            try await fixture.requireExactCounters()
        }
    }

    @Test("a tenant without counters fails alone")
    func withoutCounters() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            _ = try await fixture.pool.query("DELETE FROM tenant_usage WHERE tenant_id = \(other.id.rawValue)")
            let batch = try StartBatch([fixture.newUpload(6), fixture.newUpload(7, of: other)])
            let admissions = try await Ledger.commit(batch, fixture.pool)
            guard case .admitted = admissions[0], case .failed(let error) = admissions[1] else {
                Issue.record("\(admissions)")
                return
            }
            #expect(error as? LedgerError == .corrupt(table: "tenant_usage", column: "tenant_id"))
            try await fixture.requireExactCounters()
        }
    }

    @Test("a tenant whose counters are locked for too long fails alone")
    func lockedCounters() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            try await fixture.pool.withTransaction { connection in
                _ = try await connection.query(
                    "SELECT tenant_id FROM tenant_usage WHERE tenant_id = \(other.id.rawValue) FOR UPDATE")
                let outcomes = try await withThrowingTaskGroup(of: (TenantID, Bool).self) { group in
                    for number in 0..<20 {
                        let new = try fixture.newUpload(1, of: number % 2 == 0 ? fixture.tenant : other)
                        group.addTask {
                            do {
                                _ = try await fixture.ledger.reserve(new)
                                return (new.upload.tenantID, true)
                            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                                return (new.upload.tenantID, false)
                            }
                        }
                    }
                    return try await group.reduce(into: [(TenantID, Bool)]()) { $0.append($1) }
                }
                let isRight = outcomes.allSatisfy { tenant, isReserved in isReserved == (tenant == fixture.tenant.id) }
                #expect(isRight)
            }
            #expect(try await fixture.usage().reservedBytes == 10)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a start whose row cannot be inserted costs its neighbours nothing")
    func badRowFailsAlone() async throws {
        try await LedgerFixture.with { fixture in
            let taken = try fixture.newUpload(1)
            _ = try await fixture.ledger.reserve(taken)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do {
                            _ = try await fixture.ledger.reserve(number == 25 ? taken : fixture.newUpload(1))
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 }.count == 49)
            #expect(try await fixture.usage().reservedBytes == 50)
            try await fixture.requireExactCounters()
        }
    }

    @Test("starts and endings of many tenants from two gateways at once never wait for each other in a circle")
    func noDeadlock() async throws {
        try await LedgerFixture.with { fixture in
            var tenants = [fixture.tenant]
            for number in 0..<6 {
                tenants.append(try await LedgerFixture.makeTenant("tenant-\(number)", in: fixture.ledger).0)
            }
            let gateways = [fixture.ledger, Ledger(pool: fixture.pool)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    let (ledger, other) = (gateways[number % 2], gateways[(number + 1) % 2])
                    let new = try fixture.newUpload(5, of: tenants[number % tenants.count])
                    group.addTask {
                        _ = try await ledger.reserve(new)
                        _ = try await other.finish(
                            new.upload.id, of: new.upload.tenantID,
                            object: FinishedObject(bytes: 5, etag: "e", checksum: nil),
                            terms: Self.nothingHeld,
                            at: LedgerFixture.now)
                    }
                }
                try await group.waitForAll()
            }
            try await fixture.requireExactCounters()
            #expect(try await fixture.usage().usedObjects == Int64((400 + tenants.count - 1) / tenants.count))
        }
    }
}
