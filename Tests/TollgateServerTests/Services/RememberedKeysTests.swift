import Foundation
import Ledger
import OpenSSL
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("Remembered keys")
struct RememberedKeysTests {
    private let now = KeyFixture.now
    private let secret: HMACSHA256.PreparedKey

    init() throws {
        secret = try HMACSHA256.PreparedKey([1])
    }

    @Test("rows that were read before a change are not kept after it", arguments: [true, false])
    func race(_ changesKey: Bool) throws {
        let (before, rows, tag) = try proven()
        var keys = before
        let generation = keys.generation
        // The rows are on their way while their change is committed and told.
        keys.forgetRows(of: changesKey ? .key(rows.key.publicID) : .tenant(TenantID(UUID())))
        keys.rememberRows(rows, tag, readIn: generation, at: now)
        #expect(keys.rows(of: rows.key.publicID, tag, at: now) == nil)
        keys.rememberRows(rows, tag, readIn: keys.generation, at: now)
        #expect(keys.rows(of: rows.key.publicID, tag, at: now) === rows)
    }

    @Test("rows that were read before the listener was back are not kept")
    func reconnection() throws {
        let (before, rows, tag) = try proven()
        var keys = before
        let generation = keys.generation
        keys.stopListening()
        keys.rememberRows(rows, tag, readIn: generation, at: now)
        keys.beginListening()
        #expect(keys.rows(of: rows.key.publicID, tag, at: now) == nil)
        keys.rememberRows(rows, tag, readIn: generation, at: now)
        #expect(keys.rows(of: rows.key.publicID, tag, at: now) == nil)
    }

    @Test("a change forgets what it names and nothing else")
    func changes() async throws {
        var keys = RememberedKeys(lifetime: 60, capacity: 10)
        keys.beginListening()
        let (acme, rival) = (TenantID(UUID()), TenantID(UUID()))
        var all: [StoredAPIKey] = []
        for tenant in [acme, acme, rival, nil] { all.append(try await KeyFixture.issue(of: tenant).stored) }
        func keepAll() {
            for key in all {
                keys.rememberProof(of: key, tag(of: key), at: now)
                keys.rememberRows(KeyRows((key, nil)), tag(of: key), readIn: keys.generation, at: now)
            }
        }
        func kept() -> [Bool] { all.map { keys.rows(of: $0.publicID, tag(of: $0), at: now) != nil } }
        keepAll()
        #expect(kept() == [true, true, true, true])
        keys.forgetRows(of: .key(all[0].publicID))
        #expect(kept() == [false, true, true, true])
        keepAll()
        keys.forgetRows(of: .tenant(acme))
        #expect(kept() == [false, false, true, true])
        keepAll()
        keys.forgetRows(of: .everything)
        #expect(kept() == [false, false, false, false])
        #expect(all.allSatisfy { keys.isProven($0.publicID, tag(of: $0), hash: $0.hash, at: now) })
    }

    @Test("a proof holds for one secret, one hash and one minute")
    func proof() throws {
        let (keys, rows, tag) = try proven()
        let key = rows.key
        func isProven(_ tag: HMACSHA256.Tag, _ hash: String, _ seconds: TimeInterval) -> Bool {
            keys.isProven(key.publicID, tag, hash: hash, at: now.addingTimeInterval(seconds))
        }
        #expect(isProven(tag, key.hash, 0) && isProven(tag, key.hash, 59))
        #expect(!isProven(tag, key.hash, 60) && !isProven(tag, key.hash, -1))
        #expect(!isProven(secret.authenticate("other"), key.hash, 0))
        #expect(!isProven(tag, "other", 0))
    }

    @Test("a proof that is renewed in its last quarter stands on with its rows, and is renewed once")
    func renewal() throws {
        let (before, rows, tag) = try proven()
        var keys = before
        let key = rows.key
        func at(_ seconds: TimeInterval) -> Date { now.addingTimeInterval(seconds) }
        keys.rememberRows(rows, tag, readIn: keys.generation, at: now)
        func claims(_ tag: HMACSHA256.Tag, _ seconds: TimeInterval) -> Bool {
            keys.claimRenewal(of: key.publicID, tag, at: at(seconds))
        }
        let answers = [
            claims(tag, 44), claims(secret.authenticate("other"), 46), claims(tag, 46), claims(tag, 47),
        ]
        #expect(answers == [false, false, true, false])
        keys.renewProof(of: key, secret.authenticate("other"), at: at(46))
        #expect(keys.rows(of: key.publicID, tag, at: at(61)) == nil)
        keys.renewProof(of: key, tag, at: at(46))
        #expect(keys.rows(of: key.publicID, tag, at: at(105)) === rows)
        #expect(keys.rows(of: key.publicID, tag, at: at(106)) == nil)
        let claimsAgain = claims(tag, 92)
        #expect(claimsAgain)
    }

    @Test("a renewed proof does not bring back rows that a change has taken")
    func renewalAfterChange() throws {
        let (before, rows, tag) = try proven()
        var keys = before
        keys.rememberRows(rows, tag, readIn: keys.generation, at: now)
        keys.forgetRows(of: .key(rows.key.publicID))
        keys.renewProof(of: rows.key, tag, at: now.addingTimeInterval(50))
        #expect(keys.rows(of: rows.key.publicID, tag, at: now.addingTimeInterval(50)) == nil)
    }

    @Test("whose proof is over is still told from who guesses, until it turns out wrong")
    func known() throws {
        let (before, rows, tag) = try proven()
        var keys = before
        let id = rows.key.publicID
        #expect(keys.wasProven(id, tag) && !keys.isProven(id, tag, hash: rows.key.hash, at: now.addingTimeInterval(60)))
        #expect(!keys.wasProven(id, secret.authenticate("other")))
        keys.forgetProof(of: id, secret.authenticate("other"))
        #expect(keys.wasProven(id, tag))
        keys.forgetProof(of: id, tag)
        #expect(!keys.wasProven(id, tag) && keys.count == 0)
    }

    @Test("what was proven the longest ago makes room", arguments: [1, 3])
    func room(capacity: Int) async throws {
        var keys = RememberedKeys(lifetime: 60, capacity: capacity)
        for second in stride(from: 0.0, to: 600, by: 30) {
            let key = try await KeyFixture.issue(of: nil).stored
            keys.rememberProof(of: key, tag(of: key), at: now.addingTimeInterval(second))
            #expect(keys.count <= capacity)
        }
    }

    private func proven() throws -> (RememberedKeys, KeyRows, HMACSHA256.Tag) {
        var keys = RememberedKeys(lifetime: 60, capacity: 10)
        keys.beginListening()
        let key = StoredAPIKey(
            id: APIKeyID(UUID()), publicID: try #require(APIKeyPublicID("0123456789ab")), tenantID: nil, name: "test",
            hash: "$argon2id$test", scopes: .platformOperator, constraints: .none, createdAt: now, createdBy: nil,
            expiresAt: nil, revokedAt: nil, lastUsedAt: nil)
        keys.rememberProof(of: key, tag(of: key), at: now)
        return (keys, KeyRows((key, nil)), tag(of: key))
    }

    private func tag(of key: StoredAPIKey) -> HMACSHA256.Tag { secret.authenticate(key.publicID.rawValue) }
}
