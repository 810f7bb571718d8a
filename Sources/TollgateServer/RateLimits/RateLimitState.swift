import HTTPTypes
import TollgateCore

/// What a limit left to the request that was just counted.
struct RateLimitState: Sendable {
    /// The limit's name in the header fields.
    let policy: String
    let limit: RateLimit
    let decision: TokenBucket.Decision
}

extension [RateLimitState] {
    var isAllowed: Bool { allSatisfy(\.decision.isAllowed) }

    /// Whole seconds until a further request has a chance.
    var retryAfterSeconds: Int { lazy.filter { !$0.decision.isAllowed }.map(\.decision.waitSeconds).max() ?? 0 }

    /// Sets `RateLimit-Policy`, with the quota `q` and its window `w`, and `RateLimit`, with what remains `r` and the
    /// seconds `t` until the quota is whole again, or after a refusal until there is some of it.
    ///
    /// Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4; the values are lists by RFC 9651.
    func set(_ headers: inout HTTPFields) {
        guard !isEmpty else { return }
        headers[.rateLimitPolicy] = map { "\"\($0.policy)\";q=\($0.limit.quota);w=\($0.limit.windowSeconds)" }
            .joined(separator: ", ")
        headers[.rateLimit] = map { "\"\($0.policy)\";r=\($0.decision.remaining);t=\($0.decision.waitSeconds)" }
            .joined(separator: ", ")
    }
}

extension HTTPField.Name {
    static let rateLimit: Self = .known("RateLimit")
    static let rateLimitPolicy: Self = .known("RateLimit-Policy")
}
