import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("Finishing, aborting, deleting", .timeLimit(.minutes(2)))
struct EndingTests {
    @Test("of many finishes at once one counts")
    func oneFinishCounts() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(7)
            _ = try await fixture.ledger.reserve(new)
            let finished = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { try await fixture.finish(new, bytes: 7) != nil } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(finished == 1)
            let usage = try await fixture.usage()
            #expect(usage.usedBytes == 7)
            #expect(usage.usedObjects == 1)
            #expect(usage.reservedBytes == 0)
            #expect(usage.pendingUploads == 0)
            try await fixture.requireExactCounters()
        }
    }

    @Test("of a finish and an abort at once one wins, and the counters agree", arguments: 0..<10)
    func finishAgainstAbort(_ round: Int) async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(7)
            _ = try await fixture.ledger.reserve(new)
            async let finished = fixture.finish(new, bytes: 7)
            async let aborted = fixture.withdraw(new, as: .abort)
            let winners = [try await finished, try await aborted].compactMap { $0 }
            #expect(winners.count == 1)
            let now = try await fixture.ledger.upload(new.upload.id, of: fixture.tenant.id)
            #expect(now?.status == winners.first?.status)
            try await fixture.requireExactCounters()
        }
    }

    @Test("an aborted upload holds its reservation, and no second abort counts again")
    func abortHolds() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(9)
            _ = try await fixture.ledger.reserve(new)
            #expect(try await fixture.withdraw(new, as: .abort)?.status == .aborted)
            #expect(try await fixture.withdraw(new, as: .abort) == nil)
            #expect(try await fixture.finish(new, bytes: 9) == nil)
            let usage = try await fixture.usage()
            #expect(usage.reservedBytes == 9)
            #expect(usage.pendingUploads == 0)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a delete gives back what was used, with an entry, and holds what the form could bring again")
    func deleteGivesBack() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(9)
            _ = try await fixture.ledger.reserve(new)
            _ = try await fixture.finish(new, bytes: 9)
            #expect(try await fixture.withdraw(new, as: .delete)?.status == .deleted)
            #expect(try await fixture.withdraw(new, as: .delete) == nil)
            let usage = try await fixture.usage()
            #expect(usage.usedBytes == 0)
            #expect(usage.usedObjects == 0)
            #expect(usage.reservedBytes == 9)
            try await fixture.requireExactCounters()
            let kinds = try await fixture.pool.query("SELECT kind FROM usage_entries ORDER BY seq")
                .map { try $0.decode("kind", as: String.self) }
            #expect(kinds == ["finish", "delete"])
        }
    }

    @Test("a delete after the window holds nothing")
    func lateDeleteHoldsNothing() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(9)
            _ = try await fixture.ledger.reserve(new)
            _ = try await fixture.finish(new, bytes: 9)
            _ = try await fixture.withdraw(new, as: .delete, at: LedgerFixture.now.addingTimeInterval(5_000))
            #expect(try await fixture.usage().reservedBytes == 0)
        }
    }

    @Test("an ending on terms for an older form than the one that is out changes nothing")
    func renewalIsNotOverlooked() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(9)
            _ = try await fixture.ledger.reserve(new)
            let (id, tenant) = (new.upload.id, fixture.tenant.id)
            // Read, and its terms made, when the first form and its window were over ...
            let late = LedgerFixture.now.addingTimeInterval(10_000)
            let terms = LedgerFixture.holding.withdrawn(new.upload, at: late)
            #expect(terms.reservedBytes == 0)
            // ... and renewed before the ending was committed.
            let renewedUntil = late.addingTimeInterval(900)
            let renewed = try await fixture.ledger.renew(
                id, of: tenant, expiresAt: renewedUntil, nextLookAt: renewedUntil.addingTimeInterval(3_660))
            #expect(renewed?.expiresAt == renewedUntil)
            for withdrawal in [Withdrawal.expire, .abort] {
                let withdrawn = try await fixture.ledger.withdraw(
                    id, of: tenant, as: withdrawal, terms: terms, formExpiresAt: new.upload.expiresAt, at: late)
                #expect(withdrawn == nil)
            }
            let object = FinishedObject(bytes: 9, etag: "e", checksum: nil)
            let overlooked = try await fixture.ledger.finish(
                id, of: tenant, object: object, terms: terms, formExpiresAt: new.upload.expiresAt, at: late)
            #expect(overlooked == nil)
            #expect(try await fixture.usage().reservedBytes == 9)
            let finished = try await fixture.ledger.finish(
                id, of: tenant, object: object, terms: terms, formExpiresAt: renewedUntil, at: late)
            #expect(finished?.status == .finished)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a rejection keeps its reason")
    func rejectionKeepsReason() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(9)
            _ = try await fixture.ledger.reserve(new)
            let rejection = UploadRejection(reason: .typeMismatch, detail: "declared: image/png; stored: text/html")
            let rejected = try await fixture.withdraw(new, as: .reject(rejection))
            #expect(rejected?.rejection == rejection)
            #expect(rejected?.status == .rejected)
            try await fixture.requireExactCounters()
        }
    }
}
