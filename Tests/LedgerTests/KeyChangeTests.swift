import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("Changing keys", .timeLimit(.minutes(2)))
struct KeyChangeTests {
    @Test("of two admins that revoke each other at the same time, one stays", arguments: 0..<10)
    func oneAdminStays(_ round: Int) async throws {
        try await LedgerFixture.with { fixture in
            let tenant = fixture.tenant.id
            let other = try LedgerFixture.makeKey(of: tenant, scopes: .keysManage)
            try await fixture.ledger.insert(other)
            let ids = [fixture.keyID, other.id]
            let refusals = try await withThrowingTaskGroup(of: LedgerError?.self) { group in
                for turn in 0..<2 {
                    group.addTask {
                        do {
                            _ = try await fixture.ledger.revoke(
                                ids[1 - turn], of: tenant, keepingAdmin: true,
                                by: ChangeOrigin(actor: .key(ids[turn])), at: LedgerFixture.now)
                            return nil
                        } catch let error as LedgerError {
                            return error
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.compactMap(\.self) == [.actorEnded])
            let left = try await fixture.ledger.apiKeys(of: tenant).filter { $0.isValid(at: LedgerFixture.now) }
            #expect(left.count == 1)
        }
    }

    @Test("the last admin is kept from itself, and a key that ends later or manages nothing does not count")
    func keepsTheLastAdmin() async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, tenant, now) = (fixture.ledger, fixture.tenant.id, LedgerFixture.now)
            try await ledger.insert(try LedgerFixture.makeKey(of: tenant, scopes: .uploadsWrite))
            await #expect(throws: LedgerError.lastAdminKey) {
                try await ledger.revoke(
                    fixture.keyID, of: tenant, keepingAdmin: true, by: Ledger.console, at: now)
            }
            let (rival, rivalKey) = try await LedgerFixture.makeTenant("rival", in: ledger)
            #expect(
                try await ledger.revoke(rivalKey, of: tenant, keepingAdmin: true, by: Ledger.console, at: now) == nil)
            await #expect(throws: LedgerError.lastAdminKey) {
                try await ledger.revoke(rivalKey, of: rival.id, keepingAdmin: true, by: Ledger.console, at: now)
            }
        }
    }

    @Test(
        "an admin counts as another only where it lasts as long",
        arguments: [
            (nil, 1, false), (nil, 1_000_000, false), (nil, nil, true), (60, 59, false), (60, 60, true),
            (60, nil, true),
        ] as [(TimeInterval?, TimeInterval?, Bool)])
    func adminsThatEnd(_ own: TimeInterval?, _ other: TimeInterval?, _ isAllowed: Bool) async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, tenant, now) = (fixture.ledger, fixture.tenant.id, LedgerFixture.now)
            let key = try LedgerFixture.makeKey(of: tenant, expiresAt: own.map(now.addingTimeInterval))
            try await ledger.insert(key)
            try await ledger.insert(
                try LedgerFixture.makeKey(of: tenant, scopes: .keysManage, expiresAt: other.map(now.addingTimeInterval))
            )
            try await ledger.revoke(fixture.keyID, of: tenant, at: now)
            func revoke(at moment: Date) async throws -> StoredAPIKey? {
                try await ledger.revoke(key.id, of: tenant, keepingAdmin: true, by: Ledger.console, at: moment)
            }
            if isAllowed {
                for _ in 0..<2 { #expect(try await revoke(at: now)?.revokedAt == now) }
            } else {
                await #expect(throws: LedgerError.lastAdminKey) { try await revoke(at: now) }
                // What has ended is no admin that could be the last.
                if let own { #expect(try await revoke(at: now.addingTimeInterval(own)) != nil) }
            }
        }
    }

    @Test("an operator's key that has ended makes and changes no tenant")
    func endedOperator() async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, now) = (fixture.ledger, LedgerFixture.now)
            let key = try LedgerFixture.makeKey(of: nil, scopes: .platformOperator)
            try await ledger.insert(key)
            let origin = ChangeOrigin(actor: .platformOperator(key.id))
            func rename(_ name: String) async throws -> Tenant? {
                let name = try TenantName(name)
                return try await ledger.changeTenant(fixture.tenant.id, by: origin, at: now) { before in
                    Tenant(
                        id: before.id, slug: before.slug, name: name, limits: before.limits,
                        createdAt: before.createdAt, suspendedAt: before.suspendedAt)
                }
            }
            func create(_ slug: String) async throws {
                let tenant = Tenant(
                    id: TenantID(UUID()), slug: try #require(Slug(slug)), name: try TenantName(slug),
                    limits: .standard, createdAt: now, suspendedAt: nil)
                try await ledger.createTenant(
                    tenant, firstKey: try LedgerFixture.makeKey(of: tenant.id), by: origin)
            }
            #expect(try await rename("one")?.name.rawValue == "one")
            try await create("first")
            try await ledger.revoke(key.id, of: nil, at: now)
            await #expect(throws: LedgerError.actorEnded) { try await rename("two") }
            await #expect(throws: LedgerError.actorEnded) { try await create("second") }
            #expect(try await ledger.tenant(fixture.tenant.id)?.name.rawValue == "one")
            let second = try #require(Slug("second"))
            #expect(try await ledger.tenant(slug: second) == nil)
        }
    }

    @Test("a key that has ended is not rotated, and its end is never put off")
    func rotates() async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, tenant, now) = (fixture.ledger, fixture.tenant.id, LedgerFixture.now)
            func rotate(to key: StoredAPIKey, endingAt end: Date, at moment: Date) async throws {
                try await ledger.rotate(
                    fixture.keyID, of: tenant, to: key, endingAt: end, by: Ledger.console, at: moment)
            }
            let (first, second) = (try LedgerFixture.makeKey(of: tenant), try LedgerFixture.makeKey(of: tenant))
            try await rotate(to: first, endingAt: now.addingTimeInterval(60), at: now)
            try await rotate(to: second, endingAt: now.addingTimeInterval(600), at: now)
            let old = try await ledger.apiKey(fixture.keyID, of: tenant)
            #expect(old?.expiresAt == now.addingTimeInterval(60))
            await #expect(throws: LedgerError.keyEnded) {
                try await rotate(
                    to: try LedgerFixture.makeKey(of: tenant), endingAt: now.addingTimeInterval(600),
                    at: now.addingTimeInterval(60))
            }
            #expect(try await ledger.apiKeys(of: tenant).count == 3, "what was refused left no key")
        }
    }

    @Test("an entry is written with its change, and is not there where the change is not")
    func auditsInOneTransaction() async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, tenant) = (fixture.ledger, fixture.tenant.id)
            let made = try await ledger.auditEntries(of: tenant, before: nil, limit: 10)
            #expect(made.map(\.change.action) == [.keyCreate, .tenantCreate])
            #expect(made.last?.change.after?["slug"] == .string("acme"))
            // A key of the same public id cannot be inserted: nothing of the attempt stays.
            let key = try LedgerFixture.makeKey(of: tenant)
            try await ledger.insert(key)
            await #expect(throws: PostgresError.self) { try await ledger.insert(key) }
            let page = try await ledger.auditEntries(of: tenant, before: nil, limit: 1)
            #expect(page.map(\.change.target) == [.key(key.id)])
            #expect(page.map(\.origin) == [Ledger.console])
            let older = try await ledger.auditEntries(of: tenant, before: page.first?.id, limit: 10)
            #expect(older == made)
        }
    }

    @Test("limits that do not go together change nothing, and two changes at once lose nothing of each other")
    func changesTenants() async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, tenant) = (fixture.ledger, fixture.tenant.id)
            @Sendable func change(_ edit: @escaping @Sendable (inout TenantLimitsDraft) -> Void) async throws {
                _ = try await ledger.changeTenant(tenant, by: Ledger.console, at: LedgerFixture.now) { before in
                    var draft = TenantLimitsDraft(before.limits)
                    edit(&draft)
                    return Tenant(
                        id: before.id, slug: before.slug, name: before.name, limits: try TenantLimits(draft),
                        createdAt: before.createdAt, suspendedAt: before.suspendedAt)
                }
            }
            await #expect(throws: InvalidMembers.self) { try await change { $0.objectQuota = -1 } }
            async let one: Void = change { $0.objectQuota = 7 }
            async let two: Void = change { $0.storageQuotaBytes = 8 }
            _ = try await (one, two)
            let limits = try await ledger.tenant(tenant)?.limits
            #expect(limits?.objectQuota == 7 && limits?.storageQuotaBytes == 8)
        }
    }
}
