import Foundation
import Postgres
import Testing
import TollgateCore

@testable import Ledger

@Suite("Changes of keys and tenants are told", .timeLimit(.minutes(2)))
struct IdentityChangeTests {
    @Test("a payload names what changed, and one that nobody knows means everything")
    func payloads() throws {
        let id = try #require(APIKeyPublicID("0123456789ab"))
        let tenant = TenantID(UUID())
        #expect(IdentityChange(payload: "key 0123456789ab") == .key(id))
        #expect(IdentityChange(payload: "tenant \(tenant)") == .tenant(tenant))
        for payload in ["everything", "", "key", "key short", "tenant x", "key 0123456789ab more", "bucket 1"] {
            #expect(IdentityChange(payload: payload) == .everything, "\(payload)")
        }
    }

    @Test("whatever is changed, by whomever, is told once it can be read")
    func changes() async throws {
        try await LedgerFixture.with { fixture in
            let key = try #require(try await fixture.ledger.apiKeys(of: fixture.tenant.id).first)
            let told = IdentityChange.key(key.publicID)
            let ledger = fixture.ledger
            try await expect(fixture, [told]) {
                _ = try await ledger.revoke(key.id, of: fixture.tenant.id, at: LedgerFixture.now)
            }
            try await expect(fixture, [told]) {
                try await fixture.pool.execute("UPDATE api_keys SET scopes = '{uploads:read}', last_used_at = now()")
            }
            try await expect(fixture, [.tenant(fixture.tenant.id)]) {
                _ = try await ledger.setLimits(
                    try LedgerFixture.limits { $0.storageQuotaBytes = 5 }, of: fixture.tenant.id)
            }
            try await expect(fixture, [.tenant(fixture.tenant.id)]) {
                _ = try await ledger.suspend(fixture.tenant.id, at: LedgerFixture.now)
            }
            try await expect(fixture, [told]) { try await fixture.pool.execute("DELETE FROM api_keys") }
            try await expect(fixture, [.everything]) { try await fixture.pool.execute("TRUNCATE api_keys") }
        }
    }

    @Test("when a key was used last, is not told; nor is a new key")
    func lastUse() async throws {
        try await LedgerFixture.with { fixture in
            try await expect(fixture, []) {
                try await fixture.ledger.noteUse([fixture.keyID: LedgerFixture.now])
                try await fixture.ledger.insert(try LedgerFixture.makeKey(of: fixture.tenant.id))
            }
            #expect(try await lastUse(fixture) == LedgerFixture.now)
        }
    }

    @Test("a key's last use is written once a minute")
    func onceAMinute() async throws {
        try await LedgerFixture.with { fixture in
            let now = LedgerFixture.now
            for (seconds, expected) in [(0.0, 0.0), (59, 0), (60, 60), (30, 60), (200, 200)] {
                try await fixture.ledger.noteUse([
                    fixture.keyID: now.addingTimeInterval(seconds), APIKeyID(UUID()): now,
                ])
                #expect(try await lastUse(fixture) == now.addingTimeInterval(expected), "\(seconds)")
            }
        }
    }

    @Test("a hash is replaced only where it is the one that was known")
    func replacesHash() async throws {
        try await LedgerFixture.with { fixture in
            var replaced: [Bool] = []
            for (old, new) in [("other", "a"), ("test", "b"), ("test", "c")] {
                replaced.append(
                    try await fixture.ledger.replaceHash(
                        of: fixture.keyID, "$argon2id$\(old)", with: "$argon2id$\(new)"))
            }
            #expect(replaced == [false, true, false])
            #expect(try await fixture.ledger.apiKeys(of: fixture.tenant.id).map(\.hash) == ["$argon2id$b"])
        }
    }

    private func lastUse(_ fixture: LedgerFixture) async throws -> Date? {
        try await fixture.ledger.apiKeys(of: fixture.tenant.id).first { $0.id == fixture.keyID }?.lastUsedAt
    }

    /// Sees that `body` makes the database tell these changes, and no others before one that is told on purpose.
    private func expect(
        _ fixture: LedgerFixture, _ changes: [IdentityChange], at location: SourceLocation = #_sourceLocation,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let listener = try PostgresListener(
            configuration: PostgresConfiguration(url: fixture.url), channels: [IdentityChange.channel])
        let (events, continuation) = AsyncStream.makeStream(of: PostgresListener.Event.self)
        let told = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run { continuation.yield($0) } }
            var told: [IdentityChange] = []
            for await event in events {
                switch event {
                case .listening:
                    try await body()
                    try await fixture.pool.execute("SELECT pg_notify(\(IdentityChange.channel), 'the end')")
                case .notification(let notification) where notification.payload == "the end": group.cancelAll()
                case .notification(let notification): told.append(IdentityChange(payload: notification.payload))
                case .down(let error): throw error
                }
                if group.isCancelled { break }
            }
            try await group.waitForAll()
            return told
        }
        #expect(told == changes, sourceLocation: location)
    }
}
