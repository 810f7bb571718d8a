/// So many requests in so many seconds: a bucket of `quota` tokens that is filled from empty in `windowSeconds`.
package struct RateLimit: Hashable, Sendable {
    /// The most that may come at once.
    package let quota: Int
    package let windowSeconds: Int

    /// - Precondition: both are at least 1.
    package init(quota: Int, windowSeconds: Int) {
        precondition(quota > 0 && windowSeconds > 0, "a rate limit of nothing")
        self.quota = quota
        self.windowSeconds = windowSeconds
    }

    /// What one token takes to come back.
    var tokenNanoseconds: Int64 { max(1, window / Int64(quota)) }
    private var window: Int64 { Int64(windowSeconds) * 1_000_000_000 }
    /// What an empty bucket takes to be full.
    var fillNanoseconds: Int64 { tokenNanoseconds * Int64(quota) }
}
