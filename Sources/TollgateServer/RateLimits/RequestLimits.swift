import NIOCore
import Synchronization
import TollgateCore

/// Holds tenants to their `requests_per_second`, and keys to the setting's, by token buckets in memory: each gateway
/// counts for itself, so that a tenant can do as much on each of them.
///
/// A bucket holds one second's worth. Where there is no limit nothing is locked and nothing counted.
final class RequestLimits: Sendable {
    private let perKey: RateLimit?
    private let tenants = Mutex(TokenBuckets<TenantID>(capacity: 65_536))
    private let keys = Mutex(TokenBuckets<APIKeyID>(capacity: 65_536))

    /// - Parameter requestsPerSecondAndKey: nil: keys have no limit of their own.
    init(requestsPerSecondAndKey: Int?) {
        perKey = requestsPerSecondAndKey.map { RateLimit(quota: $0, windowSeconds: 1) }
    }

    /// Whether there is any limit to count a request against.
    func areSet(for identity: Identity) -> Bool { perKey != nil || identity.tenant.limits.requestsPerSecond != nil }

    /// Counts a request.
    /// - Returns: what its limits leave; nothing where there is no limit.
    func admit(_ identity: Identity) -> [RateLimitState] {
        var states: [RateLimitState] = []
        let now = Self.now
        // The key first: what one of them sends in vain costs the tenant's others nothing.
        if let perKey {
            let decision = keys.withLock { $0.take(identity.keyID, perKey, at: now) }
            states.append(RateLimitState(policy: "key", limit: perKey, decision: decision))
            guard decision.isAllowed else { return states }
        }
        if let perSecond = identity.tenant.limits.requestsPerSecond {
            let limit = RateLimit(quota: Int(perSecond), windowSeconds: 1)
            let decision = tenants.withLock { $0.take(identity.tenant.id, limit, at: now) }
            states.append(RateLimitState(policy: "tenant", limit: limit, decision: decision))
        }
        return states
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }
}
