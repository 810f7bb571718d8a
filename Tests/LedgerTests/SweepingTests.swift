import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("Taking and settling what is due", .timeLimit(.minutes(2)))
struct SweepingTests {
    static let endOfGrace = LedgerFixture.now.addingTimeInterval(960)
    static let endOfWindow = LedgerFixture.now.addingTimeInterval(4_560)

    /// Aborted uploads of 10 bytes each.
    private func abort(_ count: Int, of tenant: Tenant? = nil, _ fixture: LedgerFixture) async throws {
        for _ in 0..<count {
            let new = try fixture.newUpload(10, of: tenant)
            _ = try await fixture.ledger.reserve(new)
            _ = try await fixture.ledger.withdraw(
                new.upload.id, of: new.upload.tenantID, as: .abort,
                terms: LedgerFixture.holding.removed(new.upload, at: LedgerFixture.now), at: LedgerFixture.now)
        }
    }

    private func take(
        _ fixture: LedgerFixture, _ statuses: Set<UploadStatus> = [.aborted], excluding: [TenantID] = [],
        at now: Date = Self.endOfGrace, limit: Int = 100
    ) async throws -> [DueUpload] {
        try await fixture.ledger.takeDue(statuses, excluding: excluding, at: now, limit: limit, claimSeconds: 300)
    }

    @Test("many of several tenants are settled in one statement, and the counters agree")
    func many() async throws {
        try await LedgerFixture.with { fixture in
            let (rival, _) = try await LedgerFixture.makeTenant("rival", in: fixture.ledger)
            try await abort(7, fixture)
            try await abort(5, of: rival, fixture)
            let due = try await take(fixture)
            #expect(due.count == 12)
            let settlements = due.map { ($0, LedgerFixture.holding.removed($0.upload, at: Self.endOfGrace)) }
            let settled = try await fixture.ledger.settle(settlements)
            #expect(settled == 12)
            #expect(try await fixture.usage().reservedBytes == 0)
            #expect(try await fixture.usage().reservedObjects == 0)
            try await AuditTests.requireNothingWrong(fixture)
            // One more look, at the end of the window.
            #expect(try await take(fixture, at: Self.endOfWindow.addingTimeInterval(-1)).count == 0)
            #expect(try await take(fixture, at: Self.endOfWindow).count == 12)
        }
    }

    @Test("only those that nobody else has dealt with are settled")
    func dealtWith() async throws {
        try await LedgerFixture.with { fixture in
            try await abort(2, fixture)
            let due = try await take(fixture)
            let settlements = due.map { ($0, LedgerFixture.holding.removed($0.upload, at: Self.endOfWindow)) }
            #expect(try await fixture.ledger.settle([settlements[0]]) == 1)
            #expect(try await fixture.ledger.settle(settlements) == 1)
            #expect(try await fixture.ledger.settle(settlements) == 0)
            #expect(try await fixture.usage().reservedBytes == 0)
            try await fixture.requireExactCounters()
        }
    }

    @Test("sweepers at once never take the same, and what is taken is due again after the claim")
    func shared() async throws {
        try await LedgerFixture.with { fixture in
            try await abort(40, fixture)
            let taken = try await withThrowingTaskGroup(of: [UploadID].self) { group in
                for _ in 0..<8 { group.addTask { try await take(fixture, limit: 5).map(\.upload.id) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(taken).count == taken.count)
            let rest = try await take(fixture)
            #expect(taken.count + rest.count == 40)
            #expect(try await take(fixture).count == 0)
            #expect(try await take(fixture, at: Self.endOfGrace.addingTimeInterval(300)).count == 40)
        }
    }

    @Test("takes those states alone that are asked for, and none of an excluded tenant")
    func chosen() async throws {
        try await LedgerFixture.with { fixture in
            let (rival, _) = try await LedgerFixture.makeTenant("rival", in: fixture.ledger)
            try await abort(2, fixture)
            try await abort(1, of: rival, fixture)
            _ = try await fixture.ledger.reserve(try fixture.newUpload(10))
            #expect(try await take(fixture, [.pending, .finished], at: Self.endOfWindow).count == 1)
            let due = try await take(fixture, excluding: [fixture.tenant.id])
            let owners = due.map(\.upload.tenantID)
            #expect(owners == [rival.id])
        }
    }
}
