import Argon2
import Foundation
import Ledger
import OpenSSL
import Synchronization
import TollgateCore

/// Decides whether a presented key is a known, valid one.
///
/// The key's shape and CRC are checked first, then its row is read, then its secret is verified with argon2id. A
/// secret proven once is remembered for a short time as HMAC-SHA-256 under a secret of this process, so that only
/// the first request of a key pays for argon2. The rows are read for every request: a revocation holds at once.
/// An unknown id costs the same work as a wrong secret, so that neither answer nor time tells them apart.
struct KeyVerifier: Sendable {
    private let ledger: Ledger
    private let argon2: Argon2Pool
    private let proofs: ProofCache

    /// A proof stands for `rememberSeconds`, 60 at most.
    init(ledger: Ledger, argon2: Argon2Pool, rememberSeconds: Int) throws {
        self.ledger = ledger
        self.argon2 = argon2
        proofs = try ProofCache(lifetimeSeconds: min(rememberSeconds, 60))
    }

    /// - Returns: nil for whatever is not a valid key: one answer for all reasons.
    /// - Throws: `Argon2Error.overloaded` where too many keys wait for verification; the database's errors.
    func verify(_ presented: String, at now: Date) async throws -> (key: StoredAPIKey, tenant: Tenant?)? {
        let parsed: APIKey
        do {
            parsed = try APIKey(parsing: presented)
        } catch {
            return nil
        }
        guard let found = try await ledger.apiKey(publicID: parsed.publicID) else {
            try await argon2.verifyAgainstNothing(Array(presented.utf8))
            return nil
        }
        let proof = proofs.proof(of: presented, hash: found.key.hash)
        if !proofs.contains(proof, at: now) {
            guard try await argon2.verify(Array(presented.utf8), encoded: found.key.hash) else { return nil }
            proofs.insert(proof, at: now)
        }
        return found.key.isValid(at: now) ? found : nil
    }
}

extension KeyVerifier {
    /// A valid key by its public part, for a token that it gave.
    /// - Returns: nil where there is none, or it does not hold any more.
    func key(_ id: APIKeyPublicID, at now: Date) async throws -> (key: StoredAPIKey, tenant: Tenant?)? {
        guard let found = try await ledger.apiKey(publicID: id), found.key.isValid(at: now) else { return nil }
        return found
    }
}

/// Secrets that were proven lately, as MACs: neither keys nor anything that could be turned into one.
final class ProofCache: Sendable {
    struct Proof: Hashable {
        fileprivate let mac: [UInt8]
    }

    private let secret: [UInt8]
    private let lifetime: TimeInterval
    private let capacity: Int
    private let deadlines = Mutex<[Proof: Date]>([:])

    init(lifetimeSeconds: Int, capacity: Int = 100_000) throws {
        secret = try RandomBytes.generate(32)
        lifetime = TimeInterval(lifetimeSeconds)
        self.capacity = capacity
    }

    /// A proof holds for one key against one stored hash: a key that got another hash must be proven again.
    func proof(of key: String, hash: String) -> Proof {
        Proof(mac: HMACSHA256.authenticate(key + "\n" + hash, key: secret))
    }

    func contains(_ proof: Proof, at now: Date) -> Bool {
        deadlines.withLock { deadlines in
            guard let deadline = deadlines[proof] else { return false }
            if deadline > now { return true }
            deadlines[proof] = nil
            return false
        }
    }

    func insert(_ proof: Proof, at now: Date) {
        deadlines.withLock { deadlines in
            if deadlines.count >= capacity {
                deadlines = deadlines.filter { $0.value > now }
                // Full of proofs that still hold: begin anew. What is lost costs an argon2 each, no more.
                if deadlines.count >= capacity { deadlines.removeAll(keepingCapacity: true) }
            }
            deadlines[proof] = now.addingTimeInterval(lifetime)
        }
    }
}
