import Argon2
import Foundation
import Ledger
import Postgres
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("Verifying keys", .timeLimit(.minutes(2)))
struct KeyVerifierTests {
    @Test("a proven key needs neither the database nor argon2, as long as its proof stands")
    func warm() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let found = try #require(try await fixture.verify(fixture.key))
                #expect(found.key == fixture.key.stored)
                #expect(found.tenant == fixture.tenant)
                #expect(fixture.argon2.finishedJobs == 1)
                // Without a database there is none to be asked.
                await fixture.pool.shutdown()
                for seconds in [0.0, 1, 59.9] {
                    let again = try #require(try await fixture.verify(fixture.key, at: seconds))
                    #expect(again.key == found.key && again.tenant == found.tenant)
                }
                #expect(fixture.argon2.finishedJobs == 1)
                await #expect(throws: PostgresError.poolClosed) { try await fixture.verify(fixture.key, at: 60) }
                await #expect(throws: PostgresError.poolClosed) { try await fixture.verify(fixture.key, at: -1) }
            }
        }
    }

    @Test("an operator's key is verified alike, and has no tenant")
    func operatorKey() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let key = try await fixture.newKey(of: nil)
                for _ in 0..<2 {
                    let found = try #require(try await fixture.verify(key))
                    #expect(found.key.scopes == .platformOperator)
                    #expect(found.tenant == nil)
                }
                #expect(fixture.argon2.finishedJobs == 1)
            }
        }
    }

    @Test("a remembered key ends when it expires")
    func expiry() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let key = try await fixture.newKey(
                    of: fixture.tenant.id, expiresAt: KeyFixture.now.addingTimeInterval(10))
                #expect(try await fixture.isValid(key))
                #expect(try await fixture.isValid(key, at: 9))
                #expect(try await fixture.isValid(key, at: 10) == false)
            }
        }
    }

    @Test("what is changed in the database holds at once, and costs no argon2")
    func changes() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let other = try await fixture.newKey(of: fixture.tenant.id)
                var draft = TenantLimitsDraft()
                draft.maximumFileBytes = 5
                let limits = try TenantLimits(draft)
                #expect(try await fixture.isValid(fixture.key))
                #expect(try await fixture.isValid(other))

                _ = try await fixture.ledger.setLimits(limits, of: fixture.tenant.id)
                for key in [fixture.key, other] {
                    try await until { try await fixture.verify(key)?.tenant?.limits == limits }
                }
                _ = try await fixture.ledger.suspend(fixture.tenant.id, at: KeyFixture.now)
                for key in [fixture.key, other] {
                    try await until { try await fixture.verify(key)?.tenant?.suspendedAt != nil }
                }
                _ = try await fixture.ledger.revoke(other.stored.id, of: fixture.tenant.id, at: KeyFixture.now)
                try await until { try await fixture.isValid(other) == false }
                #expect(try await fixture.isValid(fixture.key))
                #expect(fixture.argon2.finishedJobs == 2)
            }
        }
    }

    @Test("while nothing is heard, a proof stands and the rows are read for each request")
    func deaf() async throws {
        try await KeyFixture.with { fixture in
            #expect(try await fixture.isValid(fixture.key))
            #expect(try await fixture.isValid(fixture.key))
            #expect(fixture.argon2.finishedJobs == 1)
            _ = try await fixture.ledger.revoke(fixture.key.stored.id, of: fixture.tenant.id, at: KeyFixture.now)
            #expect(try await fixture.isValid(fixture.key) == false)
            #expect(fixture.argon2.finishedJobs == 1)
        }
    }

    @Test("what was missed while nothing was heard is read when it is heard again")
    func missed() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                let before = try await fixture.isValid(fixture.key)
                #expect(before)
            }
            _ = try await fixture.ledger.revoke(fixture.key.stored.id, of: fixture.tenant.id, at: KeyFixture.now)
            try await fixture.listening {
                let after = try await fixture.isValid(fixture.key)
                #expect(!after)
            }
        }
    }

    @Test("a key that is given another secret is not the old one's any more")
    func replacedHash() async throws {
        try await KeyFixture.with { fixture in
            try await fixture.listening {
                #expect(try await fixture.isValid(fixture.key))
                let other = try await KeyFixture.issue(of: nil)
                try await fixture.pool.execute("UPDATE api_keys SET hash = \(other.stored.hash)")
                try await until { try await fixture.isValid(fixture.key) == false }
            }
        }
    }

    @Test("unknown ids and wrong secrets are refused at the same cost, and leave nothing behind")
    func wrongKeys() async throws {
        try await KeyFixture.with(capacity: 1) { fixture in
            try await fixture.listening {
                #expect(try await fixture.isValid(fixture.key))
                let forged = try KeyFixture.forged(fixture.key)
                for attempt in 1...3 {
                    let unknown = try await KeyFixture.issue(of: nil)
                    #expect(try await fixture.isValid(unknown) == false)
                    #expect(try await fixture.verifier.verify(forged, at: KeyFixture.now) == nil)
                    #expect(fixture.argon2.finishedJobs == 1 + UInt64(2 * attempt))
                }
                for malformed in ["", "tg_", forged + "0", String(forged.dropLast()) + "!"] {
                    #expect(try await fixture.verifier.verify(malformed, at: KeyFixture.now) == nil)
                }
                #expect(fixture.argon2.finishedJobs == 7)
                #expect(fixture.cache.count == 1)
                await fixture.pool.shutdown()
                #expect(try await fixture.isValid(fixture.key), "the good key is still known")
            }
        }
    }

    @Test("more keys than fit displace those that were proven first")
    func eviction() async throws {
        try await KeyFixture.with(capacity: 2) { fixture in
            try await fixture.listening {
                let keys = try await [fixture.newKey(of: fixture.tenant.id), fixture.newKey(of: fixture.tenant.id)]
                for (second, key) in ([fixture.key] + keys).enumerated() {
                    #expect(try await fixture.isValid(key, at: TimeInterval(second)))
                }
                #expect(fixture.cache.count == 2)
                await fixture.pool.shutdown()
                for key in keys { #expect(try await fixture.isValid(key, at: 3)) }
                await #expect(throws: PostgresError.poolClosed) { try await fixture.verify(fixture.key, at: 3) }
            }
        }
    }

    @Test("a herd costs one argon2, whether its key is right, wrong or unknown")
    func herd() async throws {
        let slow = try Argon2Parameters(memoryKiB: 65_536, iterations: 4, parallelism: 1)
        try await KeyFixture.with(parameters: slow) { fixture in
            let right = try await slowKey(slow, fixture)
            let keys = [
                (right.secret.reveal(), true), (try KeyFixture.forged(right), false),
                (try await KeyFixture.issue(of: nil).secret.reveal(), false),
            ]
            for (key, isRight) in keys {
                let before = fixture.argon2.finishedJobs
                let answers: [Bool] = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<64 {
                        group.addTask { try await fixture.verifier.verify(key, at: KeyFixture.now) != nil }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers == Array(repeating: isRight, count: 64))
                // One that is late for the right key's proof finds it; for a wrong one there is none to be found.
                let jobs = fixture.argon2.finishedJobs - before
                #expect(isRight ? jobs == 1 : (1...8).contains(jobs))
            }
        }
    }

    @Test("one that is cancelled leaves the others their answer")
    func cancelled() async throws {
        let slow = try Argon2Parameters(memoryKiB: 65_536, iterations: 4, parallelism: 1)
        try await KeyFixture.with(parameters: slow) { fixture in
            let key = try await slowKey(slow, fixture)
            let first = Task { try await fixture.isValid(key) }
            try await until { fixture.argon2.load.running == 1 }
            let second = Task { try await fixture.isValid(key) }
            try await until { fixture.verifier.verifications.waiting == 2 }
            first.cancel()
            #expect(try await second.value)
            await #expect(throws: CancellationError.self) { try await first.value }
            #expect(fixture.argon2.finishedJobs == 1)
        }
    }

    @Test("when the last one has left, the work is given up")
    func abandoned() async throws {
        try await KeyFixture.with { fixture in
            let verifications = fixture.verifier.verifications
            let question = SharedVerifications.Question(tag: fixture.cache.tag(of: "x"), hash: nil, isSuspect: false)
            let tasks = (0..<2).map { _ in
                Task {
                    try await verifications.answer(question) {
                        try await Task.sleep(for: .seconds(600))
                        return true
                    }
                }
            }
            try await until { verifications.waiting == 2 }
            for task in tasks { task.cancel() }
            for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
            #expect(verifications.waiting == 0)
        }
    }

    @Test("where too many keys wait, the next is told so")
    func overload() async throws {
        let slow = try Argon2Parameters(memoryKiB: 65_536, iterations: 4, parallelism: 1)
        try await KeyFixture.with(maximumWaiting: 0, parameters: slow) { fixture in
            let unknown = try await [KeyFixture.issue(of: nil), KeyFixture.issue(of: nil), KeyFixture.issue(of: nil)]
            let busy = unknown.prefix(2).map { key in Task { try await fixture.isValid(key) } }
            try await until { fixture.argon2.load.running == 2 }
            // What joins a verification takes no place.
            let joined = Task { try await fixture.isValid(unknown[0]) }
            try await until { fixture.verifier.verifications.waiting == 3 }
            await fixture.pool.shutdown()
            // It is not even looked up.
            await #expect(throws: Argon2Error.overloaded) { try await fixture.verify(unknown[2]) }
            #expect(fixture.argon2.refusedJobs == 1)
            for task in busy + [joined] { #expect(try await task.value == false) }
        }
    }

    private func slowKey(_ parameters: Argon2Parameters, _ fixture: KeyFixture) async throws -> IssuedKey {
        let key = try await KeyFixture.issue(of: fixture.tenant.id)
        let hash = try Argon2id.hash(
            Array(key.secret.reveal().utf8), salt: [UInt8](repeating: 1, count: 16), parameters: parameters)
        try await fixture.ledger.insert(key.stored)
        _ = try await fixture.ledger.replaceHash(of: key.stored.id, key.stored.hash, with: hash)
        return key
    }
}
