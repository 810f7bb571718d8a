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
/// Only proven keys are remembered, one entry each: whoever guesses fills nothing and displaces nobody.
struct RememberedKeys {
    fileprivate struct Entry {
        let tag: HMACSHA256.Tag
        let provenHash: String
        /// The hash that is about to take its place: of the same secret.
        var nextHash: String?
        let provenAt: Date
        let forgetAt: Date
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

    /// Whether the secret behind the tag is proven against this hash.
    func isProven(_ id: APIKeyPublicID, _ tag: HMACSHA256.Tag, hash: String, at now: Date) -> Bool {
        guard let entry = entries[id], entry.stands(for: tag, at: now) else { return false }
        return entry.provenHash == hash || entry.nextHash == hash
    }

    /// Whether the secret behind the tag was proven lately, against whichever hash.
    func wasProven(_ id: APIKeyPublicID, _ tag: HMACSHA256.Tag, at now: Date) -> Bool {
        entries[id]?.stands(for: tag, at: now) ?? false
    }

    /// Remembers that the secret behind the tag is the key's.
    mutating func rememberProof(of key: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) {
        let end = now.addingTimeInterval(lifetime)
        let forgetAt = key.expiresAt.map { min($0, end) } ?? end
        guard forgetAt > now else { return }
        remove(key.publicID)
        makeRoom(at: now)
        lastNumber += 1
        entries[key.publicID] = Entry(
            tag: tag, provenHash: key.hash, provenAt: now, forgetAt: forgetAt, number: lastNumber)
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

    /// Drops what is over, and where that is not enough, what has the least time left.
    private mutating func makeRoom(at now: Date) {
        while let oldest = order.first {
            if let entry = entries[oldest.id], entry.number == oldest.number {
                guard entry.forgetAt <= now || entries.count >= capacity else { return }
                remove(oldest.id)
            }
            order.removeFirst()
        }
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
    /// A clock that was set back does not make it last longer.
    fileprivate func stands(for tag: HMACSHA256.Tag, at now: Date) -> Bool {
        self.tag == tag && now < forgetAt && now >= provenAt
    }
}
