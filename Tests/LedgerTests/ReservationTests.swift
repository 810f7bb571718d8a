import Foundation
import Testing
import TollgateCore

@testable import Ledger

@Suite("Reserving", .timeLimit(.minutes(2)))
struct ReservationTests {
    @Test("a start over the storage quota is refused with the figures and changes nothing")
    func refusesOverStorageQuota() async throws {
        let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 100 }
        try await LedgerFixture.with(limits: limits) { fixture in
            _ = try await fixture.ledger.reserve(fixture.newUpload(60))
            await #expect(
                throws: QuotaExceeded(name: .storageBytes, limit: 100, used: 0, reserved: 60, requested: 41)
            ) {
                try await fixture.ledger.reserve(fixture.newUpload(41))
            }
            #expect(try await fixture.usage().reservedBytes == 60)
            #expect(try await fixture.usage().pendingUploads == 1)
            _ = try await fixture.ledger.reserve(fixture.newUpload(40))
            try await fixture.requireExactCounters()
        }
    }

    @Test("each quota refuses by its own name", arguments: QuotaExceeded.Name.allCases)
    func refusesByName(_ name: QuotaExceeded.Name) async throws {
        let limits = try LedgerFixture.limits { draft in
            switch name {
            case .storageBytes: draft.storageQuotaBytes = 15
            case .objects: draft.objectQuota = 1
            case .pendingUploads: draft.maximumPendingUploads = 1
            case .monthlyUploadBytes: draft.monthlyUploadQuotaBytes = 15
            }
        }
        try await LedgerFixture.with(limits: limits) { fixture in
            _ = try await fixture.ledger.reserve(fixture.newUpload(10))
            let error = await #expect(throws: QuotaExceeded.self) {
                try await fixture.ledger.reserve(fixture.newUpload(10))
            }
            #expect(error?.name == name)
        }
    }

    @Test("of 200 concurrent starts of 1 MB against 50 MB exactly 50 are admitted")
    func admitsExactlyWhatFits() async throws {
        let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 50_000_000 }
        try await LedgerFixture.with(limits: limits) { fixture in
            let admitted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    let new = try fixture.newUpload(1_000_000)
                    group.addTask {
                        do {
                            _ = try await fixture.ledger.reserve(new)
                            return true
                        } catch is QuotaExceeded {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(admitted == 50)
            #expect(try await fixture.usage().reservedBytes == 50_000_000)
            try await fixture.requireExactCounters()
        }
    }

    @Test("the month's bytes begin anew with the month, what is reserved still counts")
    func monthBeginsAnew() async throws {
        let limits = try LedgerFixture.limits { $0.monthlyUploadQuotaBytes = 100 }
        try await LedgerFixture.with(limits: limits) { fixture in
            let first = try fixture.newUpload(70)
            _ = try await fixture.ledger.reserve(first)
            _ = try await fixture.finish(first, bytes: 70)
            _ = try await fixture.ledger.reserve(fixture.newUpload(30))
            await #expect(throws: QuotaExceeded.self) { try await fixture.ledger.reserve(fixture.newUpload(1)) }
            let later = LedgerFixture.now.addingTimeInterval(40 * 86_400)
            await #expect(throws: QuotaExceeded.self) {
                try await fixture.ledger.reserve(fixture.newUpload(71, at: later))
            }
            _ = try await fixture.ledger.reserve(fixture.newUpload(70, at: later))
            #expect(try await fixture.usage(at: later).monthlyUploadBytes == 0)
        }
    }

    @Test("what is inserted is read back as it was")
    func readsBack() async throws {
        try await LedgerFixture.with { fixture in
            let new = try fixture.newUpload(5, uploadedBy: "üser \"7\"", metadata: ["b": "2", "a": "é\n"])
            _ = try await fixture.ledger.reserve(new)
            #expect(try await fixture.ledger.upload(new.upload.id, of: fixture.tenant.id) == new.upload)
            let stranger = TenantID(UUID())
            #expect(try await fixture.ledger.upload(new.upload.id, of: stranger) == nil)
        }
    }
}
