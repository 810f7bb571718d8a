import Argon2
import Foundation
import Ledger
import NIOCore
import OpenSSL
import Postgres
import Testing

@testable import TollgateCore
@testable import TollgateServer

@Suite("Attempts that count", .timeLimit(.minutes(2)))
struct CountedAttemptsTests {
    /// One client that may fail so many times and no more within the test.
    private struct Client {
        let attempt: AuthenticationAttempt
        let failures: FailedAuthentications

        init(mayFail times: Int) {
            let failures = FailedAuthentications(limit: RateLimit(quota: times, windowSeconds: 3600))
            self.failures = failures
            attempt = AuthenticationAttempt(failures: failures) { .ipv4(0xC000_0201) }
        }

        /// Whether nothing but what may still fail is left.
        func isSpent() -> Bool {
            do {
                try attempt.requireRoom()
                return false
            } catch {
                return true
            }
        }
    }

    private static func slow() throws -> Argon2Parameters {
        try Argon2Parameters(memoryKiB: 65_536, iterations: 4, parallelism: 1)
    }

    @Test("malformed keys and forged tokens take nothing from a well-formed key")
    func malformed() async throws {
        try await KeyFixture.with { fixture in
            let client = Client(mayFail: 2)
            let now = KeyFixture.now
            let tokens = try Self.tokens(fixture)
            for _ in 0..<2 { _ = try await fixture.verifier.verify("tg_nonsense", client.attempt, at: now) }
            await #expect(throws: Problem.self) {
                try await fixture.verifier.verify("tg_nonsense", client.attempt, at: now)
            }
            await #expect(throws: Problem.self) { try await tokens.verify("tgt_nonsense", client.attempt, at: now) }
            let found = try await fixture.verifier.verify(fixture.key.secret.reveal(), client.attempt, at: now)
            #expect(found != nil)
        }
    }

    @Test("a key that was proven before passes when its proof is over, whatever its neighbours guessed")
    func provenBefore() async throws {
        try await KeyFixture.with { fixture in
            let client = Client(mayFail: 2)
            let key = fixture.key.secret.reveal()
            _ = try await fixture.verifier.verify(key, client.attempt, at: KeyFixture.now)
            for _ in 0..<2 {
                let unknown = try await KeyFixture.issue(of: nil).secret.reveal()
                #expect(try await fixture.verifier.verify(unknown, client.attempt, at: KeyFixture.now) == nil)
            }
            #expect(client.isSpent())
            let later = KeyFixture.now.addingTimeInterval(3600)
            #expect(try await fixture.verifier.verify(key, client.attempt, at: later) != nil)
            let forged = try KeyFixture.forged(fixture.key)
            await #expect(throws: Problem.self) {
                try await fixture.verifier.verify(forged, client.attempt, at: later)
            }
        }
    }

    @Test("where there is no place for argon2 nothing counts")
    func overloaded() async throws {
        try await KeyFixture.with { fixture in
            let client = Client(mayFail: 1)
            await fixture.argon2.shutdown()
            for _ in 0..<3 {
                await #expect(throws: Argon2Error.stopped) {
                    try await fixture.verifier.verify(
                        fixture.key.secret.reveal(), client.attempt, at: KeyFixture.now)
                }
            }
            #expect(!client.isSpent())
        }
    }

    @Test("who leaves before the answer has tried nothing")
    func left() async throws {
        let slow = try Self.slow()
        try await KeyFixture.with(parameters: slow) { fixture in
            let client = Client(mayFail: 1)
            // Both workers are busy, so that the key waits.
            let others = try await [KeyFixture.issue(of: nil), KeyFixture.issue(of: nil)]
            let busy = others.map { key in Task { try await fixture.isValid(key) } }
            try await until { fixture.argon2.load.running == 2 }
            let unknown = try await KeyFixture.issue(of: nil).secret.reveal()
            let leaver = Task { try await fixture.verifier.verify(unknown, client.attempt, at: KeyFixture.now) }
            try await until { fixture.argon2.load.waiting == 1 }
            #expect(client.isSpent())
            leaver.cancel()
            await #expect(throws: CancellationError.self) { _ = try await leaver.value }
            try await until { !client.isSpent() }
            for task in busy { #expect(try await task.value == false) }
        }
    }

    @Test("who sends many wrong keys is examined apart, and holds up nobody else")
    func suspects() async throws {
        let cheap = try Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1)
        let suspects = Argon2Pool(workers: 1, maximumWaiting: 0, priority: .idle, parameters: cheap)
        try await KeyFixture.with(suspects: suspects) { fixture in
            let guesser = Client(mayFail: 9)
            for number in 1...8 {
                let unknown = try await KeyFixture.issue(of: nil).secret.reveal()
                #expect(try await fixture.verifier.verify(unknown, guesser.attempt, at: KeyFixture.now) == nil)
                // A third of what may fail is nothing unusual.
                let ordinary = UInt64(min(number, 4))
                #expect(fixture.argon2.finishedJobs == ordinary && suspects.finishedJobs == UInt64(number) - ordinary)
            }
            let other = AuthenticationAttempt(failures: guesser.failures) { .ipv4(0xC000_0202) }
            let key = fixture.key.secret.reveal()
            #expect(!other.isSuspect && guesser.attempt.isSuspect)
            await suspects.shutdown()
            #expect(try await fixture.verifier.verify(key, other, at: KeyFixture.now) != nil)
            #expect(fixture.argon2.finishedJobs == 5)
            #expect(try await fixture.verifier.verify(key, guesser.attempt, at: KeyFixture.now) != nil, "it is proven")
        }
    }

    @Test("a herd with one key is one attempt")
    func herd() async throws {
        let slow = try Self.slow()
        try await KeyFixture.with(parameters: slow) { fixture in
            let client = Client(mayFail: 1)
            let text = try KeyFixture.forged(fixture.key)
            let unknown = try await KeyFixture.issue(of: nil).secret.reveal()
            // The first holds the only attempt; whoever asks the same waits with it.
            let first = Task { try await fixture.verifier.verify(unknown, client.attempt, at: KeyFixture.now) == nil }
            try await until { fixture.verifier.verifications.waiting == 1 && client.isSpent() }
            await #expect(throws: Problem.self) {
                try await fixture.verifier.verify(text, client.attempt, at: KeyFixture.now)
            }
            #expect(try await first.value)
            #expect(client.isSpent(), "a wrong key stays counted")
        }
        try await KeyFixture.with(parameters: slow) { fixture in
            // As many attempts as may be refused, were each request one.
            let client = Client(mayFail: 8)
            let key = fixture.key.secret.reveal()
            let blockers = try await [KeyFixture.issue(of: nil), KeyFixture.issue(of: nil)]
            let busy = blockers.map { key in Task { try await fixture.isValid(key) } }
            try await until { fixture.argon2.load.running == 2 }
            let herd = (0..<64).map { _ in
                Task { try await fixture.verifier.verify(key, client.attempt, at: KeyFixture.now) != nil }
            }
            for task in herd { #expect(try await task.value) }
            for task in busy { #expect(try await task.value == false) }
            #expect(!client.isSpent())
        }
    }

    @Test("the token of a key that has ended is refused without asking the database again", arguments: [true, false])
    func endedKeysToken(_ isRevoked: Bool) async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let now = KeyFixture.now
                let client = Client(mayFail: 1)
                let tokens = try Self.tokens(fixture)
                let key = try await fixture.newKey(
                    of: fixture.tenant.id, expiresAt: isRevoked ? nil : now.addingTimeInterval(10))
                let token = try #require(
                    tokens.signer.sign(
                        UploadToken(
                            key: key.stored.publicID, uploadedBy: try UploaderName("me"), constraints: .none,
                            expiresAt: now.addingTimeInterval(600))))
                if isRevoked {
                    let generation = fixture.cache.generation
                    _ = try await fixture.ledger.revoke(key.stored.id, of: fixture.tenant.id, at: now)
                    try await until { fixture.cache.generation > generation }
                }
                let later = now.addingTimeInterval(20)
                #expect(try await tokens.verify(token, client.attempt, at: later).found == nil)
                // Without a database there is none to be asked.
                await fixture.pool.shutdown()
                for _ in 0..<3 { #expect(try await tokens.verify(token, client.attempt, at: later).found == nil) }
            }
        }
    }

    @Test("a change is forgotten by the caches of keys and of tokens' keys alike")
    func bothCaches() async throws {
        try await KeyFixture.with { fixture in
            let caches = [fixture.cache, try KeyCache(lifetimeSeconds: 60)]
            let now = KeyFixture.now
            let key = fixture.key.stored
            let tag = caches.map { $0.tag(of: key.publicID.rawValue) }
            for (cache, tag) in zip(caches, tag) {
                cache.beginListening()
                cache.rememberProof(of: key, tag, at: now)
                cache.rememberRows(KeyRows((key, fixture.tenant)), tag, readIn: cache.generation, at: now)
                #expect(cache.rows(of: key.publicID, tag, at: now) != nil)
            }
            caches.forgetRows(of: .tenant(fixture.tenant.id))
            for (cache, tag) in zip(caches, tag) { #expect(cache.rows(of: key.publicID, tag, at: now) == nil) }
        }
    }

    private static func tokens(_ fixture: KeyFixture) throws -> TokenVerifier {
        TokenVerifier(
            signer: UploadTokenSigner(secret: "0123456789abcdef0123456789abcdef", previous: nil),
            ledger: fixture.ledger, cache: fixture.cache)
    }
}

@Suite("Renewing proofs", .timeLimit(.minutes(2)))
struct RenewedProofTests {
    @Test("a key in use is proven again in the background, once, and never waits")
    func renewed() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let answers = try await [fixture.isValid(fixture.key), fixture.isValid(fixture.key, at: 44)]
                #expect(answers == [true, true])
                await fixture.upkeep.renewProofs()
                #expect(fixture.argon2.finishedJobs == 1, "its proof has three quarters behind it first")
                for _ in 0..<8 { #expect(try await fixture.isValid(fixture.key, at: 50)) }
                #expect(fixture.argon2.finishedJobs == 1, "the old proof stands meanwhile")
                await fixture.upkeep.renewProofs()
                #expect(fixture.argon2.finishedJobs == 2)
                // Without a database there is none to be asked.
                await fixture.pool.shutdown()
                for seconds in [50.0, 60, 109] { #expect(try await fixture.isValid(fixture.key, at: seconds)) }
                #expect(fixture.argon2.finishedJobs == 2)
            }
        }
    }

    @Test("a key that was revoked while it waited for its new proof is refused")
    func revoked() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                #expect(try await fixture.isValid(fixture.key))
                #expect(try await fixture.isValid(fixture.key, at: 50))
                _ = try await fixture.ledger.revoke(
                    fixture.key.stored.id, of: fixture.tenant.id, at: KeyFixture.now.addingTimeInterval(50))
                await fixture.upkeep.renewProofs()
                try await until { try await fixture.isValid(fixture.key, at: 51) == false }
                #expect(try await fixture.isValid(fixture.key, at: 61) == false)
            }
        }
    }

    @Test("a herd at the end of a proof costs one argon2, whoever's request was the first")
    func herdAtTheEnd() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                #expect(try await fixture.isValid(fixture.key))
                let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<64 {
                        group.addTask { try await fixture.isValid(fixture.key, at: 60.4 - Double(number % 8) / 20) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers == Array(repeating: true, count: 64))
                #expect(fixture.argon2.finishedJobs == 2)
            }
        }
    }
}
