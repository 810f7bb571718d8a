import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("What finishes look at first", .timeLimit(.minutes(2)))
struct LookTests {
    @Test("many at once: each has its own upload, and nobody a neighbour's")
    func manyAtOnce() async throws {
        try await LedgerFixture.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("other", in: fixture.ledger)
            let news = try (0..<40).map { try fixture.newUpload(Int64($0 + 1), of: $0.isMultiple(of: 2) ? other : nil) }
            _ = try await Ledger.commit(StartBatch(news), fixture.pool)
            let asked = news.flatMap { new in
                let neighbour = new.upload.tenantID == other.id ? fixture.tenant.id : other.id
                return [new.upload.tenantID, new.upload.tenantID, neighbour].map {
                    UploadReference(tenant: $0, id: new.upload.id)
                }
            }
            let found = try await withThrowingTaskGroup(of: (UploadReference, Upload?).self) { group in
                for look in asked {
                    group.addTask { (look, try await fixture.ledger.uploadToEnd(look.id, of: look.tenant)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(found.count == asked.count)
            for (look, upload) in found {
                let new = news.first { $0.upload.id == look.id && $0.upload.tenantID == look.tenant }
                #expect(upload?.declaredBytes == new?.upload.declaredBytes)
                #expect((upload == nil) == (new == nil))
            }
        }
    }

    @Test("a batch has what a single look has", arguments: [1, 3])
    func batch(count: Int) async throws {
        try await LedgerFixture.with { fixture in
            let news = try (0..<count).map { try fixture.newUpload(Int64($0 + 1)) }
            _ = try await Ledger.commit(StartBatch(news), fixture.pool)
            let looks = news.map { UploadReference($0.upload) }
            #expect(try await Ledger.look(looks, fixture.pool).map { $0?.id } == news.map(\.upload.id))
            // New content on its way to another upload is nobody's upload by itself.
            try await fixture.pool.execute("UPDATE uploads SET replaces = \(UUID())")
            #expect(try await Ledger.look(looks, fixture.pool) == Array(repeating: nil, count: count))
        }
    }

    @Test("a row that cannot be read fails alone")
    func corruptRow() async throws {
        try await LedgerFixture.with { fixture in
            let news = try (0..<20).map { _ in try fixture.newUpload(1) }
            _ = try await Ledger.commit(StartBatch(news), fixture.pool)
            try await fixture.pool.execute(
                "UPDATE uploads SET object_key = '' WHERE id = \(news[7].upload.id.rawValue)")
            let failed = await withTaskGroup(of: UploadID?.self) { group in
                for new in news {
                    group.addTask {
                        do {
                            let upload = try await fixture.ledger.uploadToEnd(new.upload.id, of: new.upload.tenantID)
                            return upload?.id == new.upload.id ? nil : new.upload.id
                        } catch {
                            return new.upload.id
                        }
                    }
                }
                return await group.reduce(into: Set<UploadID>()) { if let id = $1 { $0.insert(id) } }
            }
            #expect(failed == [news[7].upload.id])
        }
    }
}
