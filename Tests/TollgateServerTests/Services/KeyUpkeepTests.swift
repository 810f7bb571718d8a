import Argon2
import Foundation
import Ledger
import Logging
import Postgres
import ServiceLifecycle
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("Upkeep of keys", .timeLimit(.minutes(2)))
struct KeyUpkeepTests {
    @Test("a hash of other costs is made anew, once, and nobody has to prove a key for it again")
    func rehash() async throws {
        let raised = try Argon2Parameters(memoryKiB: 128, iterations: 2, parallelism: 1)
        try await KeyFixture.with(parameters: raised) { fixture in
            try await fixture.listening {
                for _ in 0..<3 { #expect(try await fixture.isValid(fixture.key)) }
                await fixture.upkeep.rehash()
                let hash = try #require(try await stored(fixture)).hash
                #expect(!PHCString.needsRehash(hash, wanted: raised))
                // One to verify, one to hash.
                #expect(fixture.argon2.finishedJobs == 2)
                try await until { try await fixture.verify(fixture.key)?.key.hash == hash }
                #expect(fixture.argon2.finishedJobs == 2)
                await fixture.upkeep.rehash()
                #expect(try await fixture.isValid(fixture.key, at: 61))
                await fixture.upkeep.rehash()
                #expect(fixture.argon2.finishedJobs == 3, "verified against the new hash, which is not made again")
                #expect(try await stored(fixture)?.hash == hash)
            }
        }
    }

    @Test("a hash that was changed meanwhile is left alone")
    func changedMeanwhile() async throws {
        let raised = try Argon2Parameters(memoryKiB: 128, iterations: 2, parallelism: 1)
        try await KeyFixture.with(parameters: raised) { fixture in
            #expect(try await fixture.isValid(fixture.key))
            let other = try await KeyFixture.issue(of: nil).stored.hash
            try await fixture.pool.execute("UPDATE api_keys SET hash = \(other)")
            await fixture.upkeep.rehash()
            #expect(try await stored(fixture)?.hash == other)
            #expect(try await fixture.isValid(fixture.key) == false)
        }
    }

    @Test("the last use is written, at the latest when the gateway ends")
    func lastUse() async throws {
        try await KeyFixture.with { fixture in
            let unused = try await fixture.newKey(of: fixture.tenant.id)
            #expect(try await fixture.isValid(fixture.key))
            #expect(try await fixture.verifier.verify(try KeyFixture.forged(unused), at: KeyFixture.now) == nil)
            let services = ServiceGroupConfiguration(
                services: [
                    .init(service: fixture.upkeep),
                    .init(service: EndsAtOnce(), successTerminationBehavior: .gracefullyShutdownGroup),
                ], logger: Logger(label: "test"))
            try await ServiceGroup(configuration: services).run()
            let keys = try await fixture.ledger.apiKeys(of: fixture.tenant.id)
            #expect(keys.first { $0.id == fixture.key.stored.id }?.lastUsedAt == KeyFixture.now)
            #expect(keys.first { $0.id == unused.stored.id }?.lastUsedAt == nil)
        }
    }

    @Test("what could not be written is written the next time")
    func keptUses() async throws {
        try await KeyFixture.with { fixture in
            #expect(try await fixture.isValid(fixture.key))
            try await fixture.pool.execute("ALTER TABLE api_keys RENAME TO elsewhere")
            await fixture.upkeep.writeUses()
            try await fixture.pool.execute("ALTER TABLE elsewhere RENAME TO api_keys")
            #expect(try await stored(fixture)?.lastUsedAt == nil)
            await fixture.upkeep.writeUses()
            #expect(try await stored(fixture)?.lastUsedAt == KeyFixture.now)
        }
    }

    private struct EndsAtOnce: Service {
        func run() async throws {}
    }

    private func stored(_ fixture: KeyFixture) async throws -> StoredAPIKey? {
        try await fixture.ledger.apiKey(publicID: fixture.key.stored.publicID)?.key
    }
}
