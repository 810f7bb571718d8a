import Foundation
import Ledger
import OpenSSL
import Synchronization
import TollgateCore

/// The proven keys of this process, shared by its requests.
///
/// A whole key is known by its HMAC-SHA-256 under a secret that is made here and never leaves: what is kept is neither
/// the key nor anything that could be turned into one. The MAC is made outside of the lock.
final class KeyCache: Sendable {
    private let secret: HMACSHA256.PreparedKey
    private let remembered: Mutex<RememberedKeys>

    /// - Parameters:
    ///   - lifetimeSeconds: how long a proof stands; 60 at most.
    ///   - capacity: keys at most, some 1 KiB each.
    /// - Throws: `OpenSSLError` without entropy or memory.
    init(lifetimeSeconds: Int, capacity: Int = 16_384) throws {
        secret = try HMACSHA256.PreparedKey(try RandomBytes.generate(32))
        remembered = Mutex(RememberedKeys(lifetime: TimeInterval(min(lifetimeSeconds, 60)), capacity: capacity))
    }

    func tag(of key: String) -> HMACSHA256.Tag { secret.authenticate(key) }

    var count: Int { remembered.withLock { $0.count } }
    /// For metrics: how often ``rows(of:_:at:)`` had an answer, and had none.
    var lookups: (hits: UInt64, misses: UInt64) { remembered.withLock { $0.lookups } }
    var generation: UInt64 { remembered.withLock { $0.generation } }
    var isListening: Bool { remembered.withLock { $0.isListening } }

    func rows(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> KeyRows? {
        remembered.withLock { $0.lookUp(id, tag, at: now) }
    }

    /// The same, not counted: whoever looks may ask the other way next.
    func rowsAtHand(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> KeyRows? {
        remembered.withLock { $0.rows(of: id, tag, at: now) }
    }

    /// Counts what ``rowsAtHand(of:_:at:)`` found, once it was of use.
    func countHit() { remembered.withLock { $0.countHit() } }

    func wasProven(_ id: APIKeyPublicID, _ tag: HMACSHA256.Tag) -> Bool {
        remembered.withLock { $0.wasProven(id, tag) }
    }

    func isProven(_ key: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) -> Bool {
        remembered.withLock { $0.isProven(key.publicID, tag, hash: key.hash, at: now) }
    }

    func rememberProof(of key: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) {
        remembered.withLock { $0.rememberProof(of: key, tag, at: now) }
    }

    func claimRenewal(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> Bool {
        remembered.withLock { $0.claimRenewal(of: id, tag, at: now) }
    }

    func renewProof(of key: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) {
        remembered.withLock { $0.renewProof(of: key, tag, at: now) }
    }

    func forgetProof(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag) {
        remembered.withLock { $0.forgetProof(of: id, tag) }
    }

    func rememberRows(_ rows: KeyRows, _ tag: HMACSHA256.Tag, readIn generation: UInt64, at now: Date) {
        remembered.withLock { $0.rememberRows(rows, tag, readIn: generation, at: now) }
    }

    func expect(_ hash: String, inPlaceOf old: String, of id: APIKeyPublicID) {
        remembered.withLock { $0.expect(hash, inPlaceOf: old, of: id) }
    }

    /// Makes the next request of whatever the change may have touched read the rows again.
    func forgetRows(of change: IdentityChange) {
        remembered.withLock { $0.forgetRows(of: change) }
    }

    func beginListening() {
        remembered.withLock { $0.beginListening() }
    }

    func stopListening() {
        remembered.withLock { $0.stopListening() }
    }
}

extension [KeyCache] {
    /// As ``KeyCache/forgetRows(of:)``, of each.
    func forgetRows(of change: IdentityChange) {
        for cache in self { cache.forgetRows(of: change) }
    }
}
