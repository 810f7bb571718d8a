import DequeModule
import Foundation
import Ledger
import OpenSSL
import TollgateCore

/// A key's row and its tenant's, as they were read together.
final class KeyRows: Sendable {
    let key: StoredAPIKey
    /// nil for a key of the operator.
    let tenant: Tenant?

    init(_ found: (key: StoredAPIKey, tenant: Tenant?)) {
        key = found.key
        tenant = found.tenant
    }
}

/// What a gateway remembers of keys: that a secret was proven, and the rows as long as nothing can have changed them.
///
/// A proof holds for one secret and one stored hash, rows hold while the gateway hears of changes. So a change costs
/// the next request of the key a read, not argon2, unless it is the hash that changed.
///
/// Only proven keys are remembered, one entry each: whoever guesses fills nothing and displaces nobody. An entry whose
/// proof is over stays as long as there is room: it proves nothing, but tells whoever had the secret from who guesses.
struct RememberedKeys {
    fileprivate struct Entry {
        let tag: HMACSHA256.Tag
        let provenHash: String
        /// The hash that is about to take its place: of the same secret.
        var nextHash: String?
        let provenAt: Date
        let forgetAt: Date
        /// Whether somebody has set out to prove it anew.
        var isRenewed = false
        let number: UInt64
        var rows: KeyRows?
        /// As the rows had it last, also when they are gone: under which tenant the entry is found.
        var tenantID: TenantID?
    }

    private let lifetime: TimeInterval
    private let capacity: Int
    private var entries: [APIKeyPublicID: Entry] = [:]
    private var keysOfTenant: [TenantID: Set<APIKeyPublicID>] = [:]
    /// Entries in the order in which they were proven, and so about that in which they are to be forgotten. One that
    /// was replaced stays until its turn comes.
    private var order: Deque<(id: APIKeyPublicID, number: UInt64)> = []
    private var lastNumber: UInt64 = 0
    /// Counts what may have changed any rows. Rows that were read under an earlier count may be old.
    private(set) var generation: UInt64 = 0
    /// Look-ups that found rows, and that found none.
    private(set) var lookups: (hits: UInt64, misses: UInt64) = (0, 0)
    /// Whether changes are heard of. Rows are neither kept nor given out while they are not.
    private(set) var isListening = false

    /// - Parameters:
    ///   - lifetime: seconds that a proof stands; 0 remembers nothing.
    ///   - capacity: entries at most; the oldest gives way.
    init(lifetime: TimeInterval, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The rows of a key whose secret is proven, if they are known to be the newest.
    func rows(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> KeyRows? {
        guard isListening, let entry = entries[id], entry.stands(for: tag, at: now) else { return nil }
        return entry.rows
    }

    /// The same, and counted.
    mutating func lookUp(_ id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> KeyRows? {
        let rows = rows(of: id, tag, at: now)
        if rows == nil { lookups.misses += 1 } else { lookups.hits += 1 }
        return rows
    }

    mutating func countHit() { lookups.hits += 1 }

    /// Whether the secret behind the tag is proven against this hash.
    func isProven(_ id: APIKeyPublicID, _ tag: HMACSHA256.Tag, hash: String, at now: Date) -> Bool {
        guard let entry = entries[id], entry.stands(for: tag, at: now) else { return false }
        return entry.provenHash == hash || entry.nextHash == hash
    }

    /// Whether the secret behind the tag was ever proven, against whichever hash, that anybody remembers.
    func wasProven(_ id: APIKeyPublicID, _ tag: HMACSHA256.Tag) -> Bool {
        entries[id]?.tag == tag
    }

    /// Whether the proof stands in the last quarter of its life and nobody has set out to renew it: true once.
    mutating func claimRenewal(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> Bool {
        guard let index = entries.index(forKey: id), !entries.values[index].isRenewed,
            entries.values[index].stands(for: tag, at: now),
            now >= entries.values[index].provenAt.addingTimeInterval(lifetime * 3 / 4)
        else { return false }
        entries.values[index].isRenewed = true
        return true
    }

    /// Lets a remembered proof begin anew, with a key whose secret was just proven again. Its rows stay what they are.
    mutating func renewProof(of key: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) {
        guard let entry = entries[key.publicID], entry.tag == tag, entry.provenAt < now,
            entry.provenHash == key.hash || entry.nextHash == key.hash, let end = end(of: key, provenAt: now)
        else { return }
        lastNumber += 1
        entries[key.publicID] = Entry(
            tag: tag, provenHash: key.hash, nextHash: entry.nextHash, provenAt: now, forgetAt: end,
            number: lastNumber, rows: entry.rows, tenantID: entry.tenantID)
        order.append((key.publicID, lastNumber))
        dropReplaced()
    }

    /// Forgets a secret that turned out not to be the key's any more.
    mutating func forgetProof(of id: APIKeyPublicID, _ tag: HMACSHA256.Tag) {
        guard entries[id]?.tag == tag else { return }
        remove(id)
    }

    /// Remembers that the secret behind the tag is the key's.
    mutating func rememberProof(of key: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) {
        guard let end = end(of: key, provenAt: now) else { return }
        remove(key.publicID)
        makeRoom()
        lastNumber += 1
        entries[key.publicID] = Entry(
            tag: tag, provenHash: key.hash, provenAt: now, forgetAt: end, number: lastNumber)
        order.append((key.publicID, lastNumber))
    }

    /// Remembers that the hash is one of the secret that the key was proven with, before the row has it.
    mutating func expect(_ hash: String, inPlaceOf old: String, of id: APIKeyPublicID) {
        guard entries[id]?.provenHash == old else { return }
        entries[id]?.nextHash = hash
    }

    /// Keeps the rows of a proven key, unless they may be old by now: `generation` is what ``generation`` was before they
    /// were read.
    mutating func rememberRows(_ rows: KeyRows, _ tag: HMACSHA256.Tag, readIn generation: UInt64, at now: Date) {
        let id = rows.key.publicID
        guard isListening, generation == self.generation,
            isProven(id, tag, hash: rows.key.hash, at: now), let index = entries.index(forKey: id)
        else { return }
        if entries.values[index].tenantID != rows.key.tenantID {
            unlink(id, from: entries.values[index].tenantID)
            if let tenant = rows.key.tenantID { keysOfTenant[tenant, default: []].insert(id) }
        }
        entries.values[index].tenantID = rows.key.tenantID
        entries.values[index].rows = rows
    }

    /// Forgets the rows that the change may have touched, and those that are being read right now.
    mutating func forgetRows(of change: IdentityChange) {
        generation += 1
        switch change {
        case .key(let id): entries[id]?.rows = nil
        case .tenant(let tenant): for id in keysOfTenant[tenant] ?? [] { entries[id]?.rows = nil }
        case .everything: for (id, _) in order { entries[id]?.rows = nil }
        }
    }

    /// Changes are heard of from now on; what has changed before, nobody knows.
    mutating func beginListening() {
        forgetRows(of: .everything)
        isListening = true
    }

    mutating func stopListening() {
        isListening = false
    }

    /// When a proof of this moment ends; nil where it would not even begin. A key that has expired is remembered as
    /// another: its rows say so without being read again.
    private func end(of key: StoredAPIKey, provenAt now: Date) -> Date? {
        guard lifetime > 0 else { return nil }
        let end = now.addingTimeInterval(lifetime)
        guard let expiresAt = key.expiresAt, expiresAt > now else { return end }
        return min(expiresAt, end)
    }

    /// Drops what was proven the longest ago where there is no room for one more.
    private mutating func makeRoom() {
        dropReplaced()
        while entries.count >= capacity, let oldest = order.popFirst() {
            if entries[oldest.id]?.number == oldest.number { remove(oldest.id) }
        }
    }

    /// Keeps the order from growing with proofs that were replaced.
    private mutating func dropReplaced() {
        while let oldest = order.first, entries[oldest.id]?.number != oldest.number { order.removeFirst() }
        guard order.count > 2 * max(entries.count, 16) else { return }
        order.removeAll { [entries] in entries[$0.id]?.number != $0.number }
    }

    private mutating func remove(_ id: APIKeyPublicID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        unlink(id, from: entry.tenantID)
    }

    private mutating func unlink(_ id: APIKeyPublicID, from tenant: TenantID?) {
        guard let tenant, var keys = keysOfTenant.removeValue(forKey: tenant) else { return }
        keys.remove(id)
        if !keys.isEmpty { keysOfTenant[tenant] = keys }
    }
}

extension RememberedKeys.Entry {
    /// A clock that was set back does not make it last longer. A request that came just before the one whose proof this
    /// is, and was overtaken, is no such clock.
    fileprivate func stands(for tag: HMACSHA256.Tag, at now: Date) -> Bool {
        self.tag == tag && now < forgetAt && now >= provenAt.addingTimeInterval(-0.5)
    }
}
