/// How often a call is tried, and how long is waited between: exponential backoff with full jitter.
///
/// Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
package struct S3RetryPolicy: Sendable, Equatable {
    /// All tries of one call, the first included.
    package var attempts: Int
    /// The longest pause behind the first try; it doubles with each further one.
    package var firstPause: Duration
    /// The longest pause of all.
    package var longestPause: Duration
    /// No further try begins when this much time has passed since the first.
    package var totalTime: Duration

    package init(
        attempts: Int = 4, firstPause: Duration = .milliseconds(100), longestPause: Duration = .seconds(5),
        totalTime: Duration = .seconds(20)
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.totalTime = totalTime
    }

    /// The pause behind a try.
    /// - Parameters:
    ///   - attempt: which try has failed; the first is 1.
    ///   - elapsed: the time since the first began.
    ///   - jitter: 0 to 1, drawn anew each time.
    /// - Returns: nil when there is to be no further try.
    func pause(after attempt: Int, elapsed: Duration, jitter: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        var limit = firstPause
        for _ in 1..<attempt where limit < longestPause { limit *= 2 }
        let pause = min(limit, longestPause) * jitter
        return elapsed + pause < totalTime ? pause : nil
    }
}
