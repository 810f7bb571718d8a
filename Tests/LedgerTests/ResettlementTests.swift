import Foundation
import Postgres
import Testing

@testable import Ledger
@testable import TollgateCore

@Suite("Counting an object that changed after the finish", .timeLimit(.minutes(2)))
struct ResettlementTests {
    /// A finished upload that used 40 of its 100 bytes and holds the rest, taken by a sweeper.
    private func withDue(_ body: (LedgerFixture, DueUpload) async throws -> Void) async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(100)
            _ = try await fixture.ledger.reserve(new)
            let terms = Holding.Terms(reservedBytes: 60, reservedObjects: 0, nextLookAt: LedgerFixture.now)
            _ = try await fixture.ledger.finish(
                new.upload.id, of: fixture.tenant.id, object: FinishedObject(bytes: 40, etag: "old", checksum: nil),
                terms: terms, at: LedgerFixture.now)
            let due = try #require(
                try await fixture.ledger.takeDue(at: LedgerFixture.now, limit: 1, claimSeconds: 300).first)
            try await body(fixture, due)
            try await fixture.requireExactCounters()
        }
    }

    private static let nothingHeld = Holding.Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: nil)

    private func resettle(_ fixture: LedgerFixture, _ due: DueUpload, bytes: Int64) async throws -> Resettlement {
        try await fixture.ledger.resettle(
            due, object: FinishedObject(bytes: bytes, etag: "new", checksum: nil), terms: Self.nothingHeld,
            at: LedgerFixture.now)
    }

    @Test("the difference is entered, and what was held is given back", arguments: [0, 10, 40, 41, 100] as [Int64])
    func countsTheDifference(bytes: Int64) async throws {
        try await withDue { fixture, due in
            #expect(try await resettle(fixture, due, bytes: bytes) == .settled)
            let upload = try #require(try await fixture.ledger.upload(due.upload.id, of: fixture.tenant.id))
            #expect(upload.status == .finished)
            #expect(upload.storedBytes == bytes)
            #expect(upload.etag == "new")
            let usage = try await fixture.usage()
            #expect(usage.usedBytes == bytes)
            #expect(usage.usedObjects == 1)
            #expect(usage.reservedBytes == 0)
            #expect(usage.monthlyUploadBytes == max(40, bytes))
            let deltas = try await fixture.pool.query("SELECT bytes_delta FROM usage_entries ORDER BY seq")
                .map { try $0.decode("bytes_delta", as: Int64.self) }
            #expect(deltas == [40, bytes - 40])
        }
    }

    @Test("what needs more than is held changes nothing")
    func refusesMore() async throws {
        try await withDue { fixture, due in
            #expect(try await resettle(fixture, due, bytes: 101) == .noRoom)
            let upload = try await fixture.ledger.upload(due.upload.id, of: fixture.tenant.id)
            #expect(upload?.etag == "old")
            #expect(try await fixture.usage().reservedBytes == 60)
        }
    }

    @Test("a sweeper whose upload got other content meanwhile does not reject it, nor one whose claim was lost")
    func withdrawsByItsClaim() async throws {
        try await withDue { fixture, due in
            let now = LedgerFixture.now
            let (id, tenant) = (due.upload.id, fixture.tenant.id)
            let rejection = UploadRejection(reason: .contentMismatch, detail: "gone")
            func reject(_ claimedUntil: Date) async throws -> Upload? {
                try await fixture.ledger.withdraw(
                    id, of: tenant, as: .reject(rejection), terms: LedgerFixture.holding.withdrawn(due.upload, at: now),
                    claimedUntil: claimedUntil, at: now)
            }
            let lost = try await reject(due.claimedUntil.addingTimeInterval(-1))
            #expect(lost == nil)
            let new = try fixture.newUpload(70)
            _ = try await fixture.ledger.reserve(new)
            let replaced = try await fixture.ledger.replace(
                id, with: new.upload, object: FinishedObject(bytes: 70, etag: "new", checksum: nil), names: .none,
                holding: LedgerFixture.holding, at: now)
            #expect(replaced != nil)
            let rejected = try await reject(due.claimedUntil)
            #expect(rejected == nil)
            let upload = try await fixture.ledger.upload(id, of: tenant)
            #expect(upload?.status == .finished)
            #expect(upload?.key == new.upload.key)
            #expect(try await fixture.usage().usedBytes == 70)
        }
    }

    @Test("who judged it before it was finished does not reject it afterwards", arguments: [true, false])
    func rejectsAsSeen(isFinished: Bool) async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(100)
            _ = try await fixture.ledger.reserve(new)
            if isFinished { _ = try await fixture.finish(new, bytes: 100) }
            let rejected = try await fixture.ledger.withdraw(
                new.upload.id, of: fixture.tenant.id,
                as: .reject(UploadRejection(reason: .contentMismatch, detail: "gone")), terms: Self.nothingHeld,
                seenAs: .pending, at: LedgerFixture.now)
            #expect((rejected == nil) == isFinished)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a sweeper that holds its claim rejects")
    func rejectsWithItsClaim() async throws {
        try await withDue { fixture, due in
            let rejected = try await fixture.ledger.withdraw(
                due.upload.id, of: fixture.tenant.id,
                as: .reject(UploadRejection(reason: .contentMismatch, detail: "gone")), terms: Self.nothingHeld,
                claimedUntil: due.claimedUntil, at: LedgerFixture.now)
            #expect(rejected?.status == .rejected)
        }
    }

    @Test("what somebody else has dealt with is left alone")
    func leavesOthersAlone() async throws {
        try await withDue { fixture, due in
            let first = try await resettle(fixture, due, bytes: 50)
            let second = try await resettle(fixture, due, bytes: 60)
            #expect([first, second] == [.settled, .dealtWith])
            #expect(try await fixture.usage().usedBytes == 50)
        }
    }
}
