/// A token bucket as one number: the instant at which it is full again. Nothing has to fill it.
///
/// This is the generic cell rate algorithm in its form as a virtual schedule. Instants are nanoseconds on a clock that
/// never goes back.
///
/// Source: ITU-T I.371, annex A.
package struct TokenBucket: Hashable, Sendable {
    private var fullAt: Int64 = .min

    /// What a request that takes a token is told.
    package struct Decision: Hashable, Sendable {
        package let isAllowed: Bool
        /// Whole tokens that are left.
        package let remaining: Int
        /// Whole seconds, rounded up: until the bucket is full where the request is allowed, else until the next token.
        package let waitSeconds: Int
    }

    /// A full bucket.
    package init() {}

    /// Takes a token if there is one.
    package mutating func take(_ limit: RateLimit, at now: Int64) -> Decision {
        let taken = max(fullAt, now) + limit.tokenNanoseconds
        // How much longer than the whole bucket that would take to come back.
        let excess = taken - now - limit.fillNanoseconds
        guard excess <= 0 else {
            return Decision(isAllowed: false, remaining: 0, waitSeconds: Self.seconds(excess))
        }
        fullAt = taken
        return Decision(
            isAllowed: true, remaining: Int(-excess / limit.tokenNanoseconds), waitSeconds: Self.seconds(taken - now))
    }

    /// Puts a token back that was taken for what did not count after all.
    package mutating func giveBack(_ limit: RateLimit) {
        if fullAt > .min { fullAt -= limit.tokenNanoseconds }
    }

    private static func seconds(_ nanoseconds: Int64) -> Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }
}
