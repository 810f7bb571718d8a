import Foundation
import Postgres
import Synchronization
import Testing
import TollgateCore

@testable import Ledger

/// A fault made by hand: what an audit must say of it, and what a repair must leave.
struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let script: String
    let found: Set<Discrepancy.Check>
    var left: Set<Discrepancy.Check> = []

    var testDescription: String { name }

    /// In a tenant with four uploads: finished (7 bytes, entry 1), deleted (5 bytes, entries 2 and 3), pending (11
    /// bytes) and aborted (13 bytes).
    static let all = [
        Fault(
            name: "used bytes", script: "UPDATE tenant_usage SET used_bytes = used_bytes + 1", found: [.usedBytes]),
        Fault(
            name: "used objects", script: "UPDATE tenant_usage SET used_objects = used_objects + 1",
            found: [.usedObjects]),
        Fault(
            name: "reserved bytes", script: "UPDATE tenant_usage SET reserved_bytes = reserved_bytes - 1",
            found: [.reservedBytes]),
        Fault(
            name: "reserved objects", script: "UPDATE tenant_usage SET reserved_objects = 0",
            found: [.reservedObjects]),
        Fault(
            name: "pending uploads", script: "UPDATE tenant_usage SET pending_uploads = 9", found: [.pendingUploads]),
        Fault(
            name: "a counter of entries that runs ahead", script: "UPDATE tenant_usage SET last_entry = 9",
            found: [.lastEntry], left: [.missingEntries]),
        Fault(
            name: "entries of a sum of nothing that were lost at the end",
            script: "DELETE FROM usage_entries WHERE seq IN (2, 3)",
            found: [.lastEntry, .history], left: [.missingEntries, .history]),
        Fault(
            name: "a counter of entries that stays behind", script: "UPDATE tenant_usage SET last_entry = 1",
            found: [.lastEntry]),
        Fault(
            name: "no counters", script: "DELETE FROM tenant_usage",
            found: [
                .usedBytes, .usedObjects, .reservedBytes, .reservedObjects, .pendingUploads, .lastEntry,
            ]),
        Fault(
            name: "a finished upload of another size", script: "UPDATE uploads SET size = 8 WHERE status = 'finished'",
            found: [.usedBytes, .ledgerBytes, .uploadBytes]),
        Fault(
            name: "an entry that was changed", script: "UPDATE usage_entries SET bytes_delta = 6 WHERE seq = 1",
            found: [.ledgerBytes, .uploadBytes]),
        Fault(
            name: "an entry that was lost in the middle", script: "DELETE FROM usage_entries WHERE seq = 2",
            found: [.ledgerBytes, .ledgerObjects, .uploadBytes, .uploadObjects, .missingEntries, .history],
            left: [.missingEntries]),
        Fault(
            name: "an entry that was lost at the end", script: "DELETE FROM usage_entries WHERE seq = 3",
            found: [.ledgerBytes, .ledgerObjects, .uploadBytes, .uploadObjects, .lastEntry, .history],
            left: [.missingEntries]),
        Fault(
            name: "an entry below nothing",
            script: """
                UPDATE usage_entries SET bytes_delta = -20 WHERE seq = 1;
                UPDATE usage_entries SET bytes_delta = 32 WHERE seq = 2
                """,
            found: [.uploadBytes, .negativeBytes], left: [.negativeBytes]),
        Fault(
            name: "an entry of no upload",
            script: """
                INSERT INTO usage_entries (tenant_id, seq, at, kind, bytes_delta, objects_delta)
                    SELECT tenant_id, 4, at, 'correction', 3, 0 FROM usage_entries WHERE seq = 3;
                UPDATE tenant_usage SET last_entry = 4
                """,
            found: [.ledgerBytes, .uploadBytes]),
        Fault(
            name: "a row that was removed", script: "DELETE FROM uploads WHERE status = 'finished'",
            found: [
                .usedBytes, .usedObjects, .ledgerBytes, .ledgerObjects, .uploadBytes, .uploadObjects, .missingUpload,
            ], left: [.missingUpload]),
        Fault(
            name: "a finish that came undone",
            script: "UPDATE uploads SET status = 'aborted' WHERE status = 'finished'",
            found: [
                .usedBytes, .usedObjects, .ledgerBytes, .ledgerObjects, .uploadBytes, .uploadObjects, .history, .dates,
            ], left: [.dates]),
        Fault(
            name: "a delete without its time",
            script: "UPDATE uploads SET deleted_at = NULL WHERE status = 'deleted'",
            found: [.dates], left: [.dates]),
        Fault(
            name: "room that nobody gives back",
            script: "UPDATE uploads SET next_look_at = NULL WHERE status IN ('pending', 'aborted')",
            found: [.heldForever]),
    ]
}

@Suite("The audit", .timeLimit(.minutes(2)))
struct AuditTests {
    /// Uploads in every state that counts or holds something.
    static func with(_ body: @escaping @Sendable (LedgerFixture) async throws -> Void) async throws {
        try await LedgerFixture.with { fixture in
            let uploads = try [7, 5, 11, 13].map { try fixture.newUpload($0) }
            for upload in uploads { _ = try await fixture.ledger.reserve(upload) }
            _ = try await fixture.finish(uploads[0], bytes: 7)
            _ = try await fixture.finish(uploads[1], bytes: 5)
            _ = try await fixture.withdraw(uploads[1], as: .delete)
            _ = try await fixture.withdraw(uploads[3], as: .abort)
            try await body(fixture)
        }
    }

    static func discrepancies(_ fixture: LedgerFixture, of tenant: TenantID? = nil) async throws -> [Discrepancy] {
        let found = Mutex<[Discrepancy]>([])
        try await fixture.ledger.audit(of: tenant) { discrepancy in found.withLock { $0.append(discrepancy) } }
        return found.withLock { $0 }
    }

    /// An audit finds nothing, and a repair changes nothing.
    static func requireNothingWrong(_ fixture: LedgerFixture) async throws {
        let found = try await discrepancies(fixture)
        #expect(found.isEmpty)
        let repair = try await fixture.ledger.repair(
            fixture.tenant.id, holding: LedgerFixture.holding, at: LedgerFixture.now)
        #expect(repair.isEmpty)
    }

    static func run(_ script: String, _ fixture: LedgerFixture) async throws {
        try await fixture.pool.withConnection { try await $0.execute(script: script) }
    }

    @Test("finds nothing where all is well, and a repair changes nothing")
    func clean() async throws {
        try await Self.with { fixture in
            try await Self.requireNothingWrong(fixture)
            #expect(try await fixture.usage().usedBytes == 7)
        }
    }

    @Test("finds each fault, repairs what can be decided, and leaves the rest", arguments: Fault.all)
    func fault(_ fault: Fault) async throws {
        try await Self.with { fixture in
            try await Self.run(fault.script, fixture)
            let found = try await Self.discrepancies(fixture)
            let checks = Set(found.map(\.check))
            #expect(checks == fault.found)
            let isOurs = found.allSatisfy { $0.tenantID == fixture.tenant.id && $0.slug == "acme" }
            #expect(isOurs)

            let before = try await entries(fixture)
            let repair = try await fixture.ledger.repair(
                fixture.tenant.id, holding: LedgerFixture.holding, at: LedgerFixture.now)
            #expect(repair.isEmpty == (fault.found == fault.left))
            let left = Set(try await Self.discrepancies(fixture).map(\.check))
            #expect(left == fault.left)
            // What was written stays as it was; corrections stand behind it.
            let after = try await entries(fixture)
            #expect(Array(after.prefix(before.count)) == before)
            let areCorrections = after.dropFirst(before.count).allSatisfy { $0.contains("correction") }
            #expect(areCorrections)
            let again = try await fixture.ledger.repair(
                fixture.tenant.id, holding: LedgerFixture.holding, at: LedgerFixture.now)
            #expect(again.isEmpty)
        }
    }

    @Test("a pending upload that nobody would look at is due when its form's window is over, not before")
    func pendingIsDueLater() async throws {
        try await Self.with { fixture in
            try await Self.run("UPDATE uploads SET next_look_at = NULL WHERE status = 'pending'", fixture)
            _ = try await fixture.ledger.repair(
                fixture.tenant.id, holding: LedgerFixture.holding, at: LedgerFixture.now)
            let end = LedgerFixture.now.addingTimeInterval(900 + 60 + 3_600)
            for (time, count) in [(end.addingTimeInterval(-1), 0), (end, 1)] {
                let due = try await fixture.ledger.takeDue([.pending], at: time, limit: 9, claimSeconds: 300)
                #expect(due.count == count)
            }
        }
    }

    @Test("goes on after a repair: the next finish has a number and counts")
    func goesOn() async throws {
        try await Self.with { fixture in
            try await Self.run("DELETE FROM usage_entries WHERE seq = 3", fixture)
            _ = try await fixture.ledger.repair(
                fixture.tenant.id, holding: LedgerFixture.holding, at: LedgerFixture.now)
            let new = try fixture.newUpload(17)
            _ = try await fixture.ledger.reserve(new)
            #expect(try await fixture.finish(new, bytes: 17) != nil)
            #expect(try await fixture.usage().usedBytes == 24)
            // The lost number stays missed.
            let left = try await Self.discrepancies(fixture).map(\.check)
            #expect(left == [.missingEntries])
        }
    }

    @Test("looks at one tenant alone where it is told to")
    func oneTenant() async throws {
        try await Self.with { fixture in
            let (other, _) = try await LedgerFixture.makeTenant("rival", in: fixture.ledger)
            try await Self.run("UPDATE tenant_usage SET used_bytes = used_bytes + 1", fixture)
            let scopes: [(TenantID?, [String])] = [
                (other.id, ["rival"]), (fixture.tenant.id, ["acme"]), (nil, ["acme", "rival"]),
            ]
            for (scope, expected) in scopes {
                let slugs = try await Self.discrepancies(fixture, of: scope).map(\.slug)
                #expect(slugs == expected)
            }
        }
    }

    @Test("says what was written down and what is so")
    func figures() async throws {
        try await Self.with { fixture in
            try await Self.run("UPDATE tenant_usage SET used_bytes = 9", fixture)
            let found = try #require(try await Self.discrepancies(fixture).first)
            #expect(found.recorded == "9")
            #expect(found.actual == "7")
        }
    }

    @Test("takes a quota that was lowered for no discrepancy")
    func loweredQuota() async throws {
        try await Self.with { fixture in
            let limits = try LedgerFixture.limits { $0.storageQuotaBytes = 10 }
            _ = try await fixture.ledger.setLimits(limits, of: fixture.tenant.id)
            let checks = try await Self.discrepancies(fixture).map(\.check)
            #expect(checks == [.overStorageQuota])
            #expect(Discrepancy.Check.overStorageQuota.isNote)
        }
    }

    @Test("takes replaced content for what it is")
    func replaced() async throws {
        try await Self.with { fixture in
            let old = try fixture.newUpload(20)
            _ = try await fixture.ledger.reserve(old)
            let finished = try #require(try await fixture.finish(old, bytes: 20))
            let new = try fixture.newUpload(30)
            let reserved = NewUpload(upload: new.upload, terms: new.terms, replaces: finished.id)
            _ = try await fixture.ledger.reserve(reserved)
            let replaced = try await fixture.ledger.replace(
                finished.id, with: new.upload, object: FinishedObject(bytes: 30, etag: "n", checksum: nil),
                names: .none, holding: LedgerFixture.holding, at: LedgerFixture.now)
            #expect(replaced != nil)
            try await Self.requireNothingWrong(fixture)
            let byNewKey = try await fixture.ledger.holders(
                of: [new.upload.key: new.upload.id], tenant: fixture.tenant.id
            ).map(\.id)
            #expect(byNewKey == [finished.id])
            let keys = [new.upload.key, old.upload.key]
            let all = try await fixture.ledger.holders(ofAny: keys, tenant: fixture.tenant.id)
            let allIDs = Set(all.map(\.id))
            #expect(allIDs == [finished.id, new.upload.id])
        }
    }

    @Test("sees one moment while uploads start, finish and end beside it")
    func snapshot() async throws {
        try await Self.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<25 {
                            let new = try fixture.newUpload(3)
                            _ = try await fixture.ledger.reserve(new)
                            _ = try await fixture.finish(new, bytes: 3)
                            _ = try await fixture.withdraw(new, as: .delete)
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<20 {
                        try await Self.requireNothingWrong(fixture)
                    }
                }
                try await group.waitForAll()
            }
            try await fixture.requireExactCounters()
        }
    }

    private func entries(_ fixture: LedgerFixture) async throws -> [String] {
        try await fixture.pool.query(
            "SELECT format('%s %s %s %s', seq, kind, bytes_delta, objects_delta) AS entry FROM usage_entries ORDER BY seq"
        ).map { try $0.decode("entry", as: String.self) }
    }
}
