import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("Idempotency keys", .timeLimit(.minutes(2)))
struct IdempotencyTests {
    private static func key(_ number: UInt8, request: UInt8 = 1) -> IdempotencyKey {
        IdempotencyKey(
            digest: [UInt8](repeating: number, count: 32), requestDigest: [UInt8](repeating: request, count: 32))
    }

    private static func keyed(_ new: NewUpload, _ key: IdempotencyKey) -> NewUpload {
        NewUpload(upload: new.upload, terms: new.terms, replaces: new.replaces, idempotencyKey: key)
    }

    @Test("a key is remembered with its upload, by its tenant alone, for 24 hours")
    func remembers() async throws {
        try await LedgerFixture.with { fixture in
            let new = Self.keyed(try fixture.newUpload(5, uploadedBy: "user-42"), Self.key(1))
            _ = try await fixture.ledger.reserve(new)
            let first = try #require(
                try await fixture.ledger.rememberedStart(Self.key(1), of: fixture.tenant.id, at: LedgerFixture.now))
            #expect(first.upload == new.upload)
            #expect(first.signedAt == LedgerFixture.now)
            #expect(first.requestDigest == Self.key(1).requestDigest)
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            #expect(
                try await fixture.ledger.rememberedStart(Self.key(1), of: other.id, at: LedgerFixture.now) == nil)
            #expect(
                try await fixture.ledger.rememberedStart(Self.key(2), of: fixture.tenant.id, at: LedgerFixture.now)
                    == nil)
            let day = LedgerFixture.now.addingTimeInterval(86_400)
            #expect(
                try await fixture.ledger.rememberedStart(
                    Self.key(1), of: fixture.tenant.id, at: day.addingTimeInterval(-1)) != nil)
            #expect(try await fixture.ledger.rememberedStart(Self.key(1), of: fixture.tenant.id, at: day) == nil)
        }
    }

    @Test("what was signed is remembered, whatever becomes of the upload; its status is that of now")
    func remembersWhatWasSigned() async throws {
        try await LedgerFixture.with { fixture in
            let new = Self.keyed(try fixture.newUpload(5), Self.key(1))
            _ = try await fixture.ledger.reserve(new)
            _ = try await fixture.ledger.renew(
                new.upload.id, of: fixture.tenant.id, expiresAt: LedgerFixture.now.addingTimeInterval(3000),
                nextLookAt: nil)
            _ = try await fixture.finish(new, bytes: 5)
            let first = try #require(
                try await fixture.ledger.rememberedStart(Self.key(1), of: fixture.tenant.id, at: LedgerFixture.now))
            #expect(first.upload.status == .finished)
            #expect(first.upload.expiresAt == new.upload.expiresAt)
            #expect(first.upload.key == new.upload.key)
        }
    }

    @Test("of equal starts in one batch the first reserves; their neighbours do not notice")
    func duplicatesInBatch() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            let batch = try StartBatch([
                Self.keyed(fixture.newUpload(10), Self.key(1)), fixture.newUpload(1),
                Self.keyed(fixture.newUpload(10), Self.key(1)), Self.keyed(fixture.newUpload(3), Self.key(2)),
                Self.keyed(fixture.newUpload(10, of: other), Self.key(1)),
                Self.keyed(fixture.newUpload(99), Self.key(1, request: 2)),
            ])
            #expect(batch.repeats.count == 2)
            let admissions = try await Ledger.commit(batch, fixture.pool)
            #expect(
                admissions.map(Self.word) == ["admitted", "admitted", "repeated", "admitted", "admitted", "repeated"])
            #expect(try await fixture.usage().reservedBytes == 14)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a key that was committed elsewhere is told from its neighbours, which are admitted with it")
    func takenElsewhere() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            _ = try await fixture.ledger.reserve(Self.keyed(try fixture.newUpload(10), Self.key(1)))
            let batch = try StartBatch([
                fixture.newUpload(1), Self.keyed(fixture.newUpload(10), Self.key(1)),
                fixture.newUpload(2, of: other), Self.keyed(fixture.newUpload(4), Self.key(2)),
            ])
            let admissions = try await Ledger.commit(batch, fixture.pool)
            #expect(admissions.map(Self.word) == ["admitted", "repeated", "admitted", "admitted"])
            #expect(try await fixture.usage().reservedBytes == 15)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a repetition that finds no room is a repetition still")
    func repeatedWithoutRoom() async throws {
        let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 10 }
        try await LedgerFixture.with(limits: limits) { fixture in
            _ = try await fixture.ledger.reserve(Self.keyed(try fixture.newUpload(10), Self.key(1)))
            await #expect(throws: IdempotencyKeyTaken.self) {
                try await fixture.ledger.reserve(Self.keyed(fixture.newUpload(10), Self.key(1)))
            }
            #expect(try await fixture.usage().reservedBytes == 10)
        }
    }

    @Test("a start that was refused is not remembered, and its repetitions in the batch are refused alike")
    func refusedIsForgotten() async throws {
        let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 10 }
        try await LedgerFixture.with(limits: limits) { fixture in
            let batch = try StartBatch([
                Self.keyed(fixture.newUpload(11), Self.key(1)), Self.keyed(fixture.newUpload(11), Self.key(1)),
            ])
            #expect(try await Ledger.commit(batch, fixture.pool).map(Self.word) == ["refused", "refused"])
            #expect(
                try await fixture.ledger.rememberedStart(Self.key(1), of: fixture.tenant.id, at: LedgerFixture.now)
                    == nil)
            _ = try await fixture.ledger.reserve(Self.keyed(fixture.newUpload(10), Self.key(1)))
        }
    }

    @Test("of 100 equal starts over two gateways one reserves")
    func concurrent() async throws {
        try await LedgerFixture.with { fixture in
            let ledgers = [fixture.ledger, Ledger(pool: fixture.pool)]
            let admitted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    let new = Self.keyed(try fixture.newUpload(7), Self.key(1))
                    group.addTask {
                        do {
                            _ = try await ledgers[number % 2].reserve(new)
                            return true
                        } catch is IdempotencyKeyTaken {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(admitted == 1)
            #expect(try await fixture.usage().reservedBytes == 7)
            try await fixture.requireExactCounters()
        }
    }

    @Test("a key whose time is over can be used again before anybody removed it")
    func reusedAfterwards() async throws {
        try await LedgerFixture.with { fixture in
            let later = LedgerFixture.now.addingTimeInterval(86_400)
            _ = try await fixture.ledger.reserve(Self.keyed(fixture.newUpload(1), Self.key(1)))
            let second = Self.keyed(try fixture.newUpload(2, at: later), Self.key(1, request: 2))
            _ = try await fixture.ledger.reserve(second)
            let found = try await fixture.ledger.rememberedStart(Self.key(1), of: fixture.tenant.id, at: later)
            #expect(found?.upload.id == second.upload.id)
        }
    }

    @Test("keys whose time is over are removed in batches, and no others")
    func forgets() async throws {
        try await LedgerFixture.with { fixture in
            for number in 0..<5 {
                let at = LedgerFixture.now.addingTimeInterval(number < 3 ? 0 : 10)
                _ = try await fixture.ledger.reserve(
                    Self.keyed(fixture.newUpload(1, at: at), Self.key(UInt8(number))))
            }
            let over = LedgerFixture.now.addingTimeInterval(86_400)
            #expect(try await fixture.ledger.forgetIdempotencyKeys(at: over, limit: 2) == 2)
            #expect(try await fixture.ledger.forgetIdempotencyKeys(at: over, limit: 2) == 1)
            #expect(try await fixture.ledger.forgetIdempotencyKeys(at: over, limit: 2) == 0)
            #expect(
                try await fixture.ledger.rememberedStart(Self.key(4), of: fixture.tenant.id, at: over) != nil)
        }
    }

    private static func word(_ admission: Admission) -> String {
        switch admission {
        case .admitted: "admitted"
        case .refused: "refused"
        case .repeated: "repeated"
        case .failed: "failed"
        }
    }
}
