/// Token buckets by key, in bounded memory and bounded time.
///
/// There are two generations: buckets in use move to the younger one; once that has half of `capacity`, the older one
/// is dropped whole. So what is forgotten is what was not used for as long as half the capacity of other keys was, and
/// a forgotten bucket is a full one.
package struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    private let halfCapacity: Int
    private var young: [Key: TokenBucket] = [:]
    private var old: [Key: TokenBucket] = [:]

    /// - Parameter capacity: buckets held at most, at least 2.
    package init(capacity: Int) {
        precondition(capacity >= 2, "no room for two generations")
        halfCapacity = capacity / 2
    }

    /// Buckets held.
    package var count: Int { young.count + old.count }

    /// Takes a token from the bucket of a key, at an instant in nanoseconds.
    package mutating func take(_ key: Key, _ limit: RateLimit, at now: Int64) -> TokenBucket.Decision {
        if let decision = young[key]?.take(limit, at: now) { return decision }
        if young.count >= halfCapacity {
            old = young
            young = [:]
        }
        var bucket = old.removeValue(forKey: key) ?? TokenBucket()
        let decision = bucket.take(limit, at: now)
        young[key] = bucket
        return decision
    }

    /// What ``take(_:_:at:)`` would decide; it takes nothing.
    package func look(_ key: Key, _ limit: RateLimit, at now: Int64) -> TokenBucket.Decision {
        var bucket = young[key] ?? old[key] ?? TokenBucket()
        return bucket.take(limit, at: now)
    }

    /// Puts a token back into the bucket of a key.
    package mutating func giveBack(_ key: Key, _ limit: RateLimit) {
        if young[key]?.giveBack(limit) == nil { old[key]?.giveBack(limit) }
    }
}
