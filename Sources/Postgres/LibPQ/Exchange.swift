/// The bounds of waiting for one statement.
struct Exchange {
    /// How long a server has to answer once it was asked to cancel.
    private static let cancellationGrace = Duration.seconds(10)
    /// How often it is asked again: it ignores a cancellation that comes before it has read the statement.
    private static let cancellationInterval = Duration.milliseconds(100)

    private let isInterruptible: Bool
    private var giveUpAt: ContinuousClock.Instant?
    private(set) var interruptedBy: Interrupt.Reason?

    private init(isInterruptible: Bool, giveUpAt: ContinuousClock.Instant?) {
        self.isInterruptible = isInterruptible
        self.giveUpAt = giveUpAt
    }

    /// Waits until the server answers, its time-outs strike, the connection is lost, or the interrupt comes.
    static var interruptible: Exchange { Exchange(isInterruptible: true, giveUpAt: nil) }

    /// Waits for the answer, whatever happens meanwhile, and gives up the session when `limit` is over; nil for never.
    static func untouched(within limit: Duration?) -> Exchange {
        Exchange(isInterruptible: false, giveUpAt: limit.map { .now + $0 })
    }

    /// One interrupt is enough: from then on only the answer counts.
    var heedsInterrupt: Bool { isInterruptible && interruptedBy == nil }

    mutating func interrupted(by reason: Interrupt.Reason) {
        interruptedBy = reason
        let end = ContinuousClock.now + Self.cancellationGrace
        giveUpAt = giveUpAt.map { min($0, end) } ?? end
    }

    var isOver: Bool { giveUpAt.map { $0 <= .now } ?? false }

    /// For poll(2): -1 waits without end.
    var pollMilliseconds: Int32 {
        guard let giveUpAt else { return -1 }
        let left = max(.zero, giveUpAt - .now)
        let wait = interruptedBy == nil ? left : min(left, Self.cancellationInterval)
        return Int32(clamping: Int64((wait / .milliseconds(1)).rounded(.up)))
    }
}

/// The session was given up with a statement still running on it.
struct Unanswered: Error {
    /// What the waiting task is told; nil where the server simply did not answer.
    let cause: (any Error)?
}
