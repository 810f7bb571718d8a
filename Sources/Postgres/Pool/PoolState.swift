/// Who has which connection of a pool, and who waits for one: the pool's decisions without its locks and threads.
///
/// Connections are numbered; the one used last is handed out first, so that those which a quiet service does not need
/// stay closed. Waiters are served in the order in which they came. As all wait equally long, they also expire in
/// that order. `Waiter` is whatever wakes a task up.
struct PoolState<Waiter> {
    struct Ticket: Hashable {
        fileprivate let number: UInt64
    }

    enum Acquisition: Equatable {
        case connection(Int)
        case wait
        case closed
    }

    enum Release {
        case idle
        case handOver(Waiter)
        /// The pool is closing and this was the last connection that was out.
        case drained
    }

    private struct Waiting {
        let waiter: Waiter
        let deadline: ContinuousClock.Instant
    }

    private var idle: [Int]
    private let connectionCount: Int
    private var waiting: [Ticket: Waiting] = [:]
    /// In order of arrival, from `head` on; tickets that were cancelled stay until their turn comes.
    private var queue: [Ticket] = []
    private var head = 0
    private var tickets: UInt64 = 0
    private(set) var isClosed = false

    init(connectionCount: Int) {
        self.connectionCount = connectionCount
        idle = Array((0..<connectionCount).reversed())
    }

    var inUseCount: Int { connectionCount - idle.count }
    var waitingCount: Int { waiting.count }
    var isDrained: Bool { isClosed && inUseCount == 0 }

    /// A name to wait under.
    mutating func nextTicket() -> Ticket {
        tickets += 1
        return Ticket(number: tickets)
    }

    /// A connection, if one is free. A connection is only ever idle while nobody waits, so nobody is overtaken.
    mutating func acquire() -> Acquisition {
        guard !isClosed else { return .closed }
        return idle.popLast().map { .connection($0) } ?? .wait
    }

    mutating func enqueue(_ waiter: Waiter, as ticket: Ticket, until deadline: ContinuousClock.Instant) {
        waiting[ticket] = Waiting(waiter: waiter, deadline: deadline)
        queue.append(ticket)
    }

    /// Gives a connection back: to the first who waits, if any.
    mutating func release(_ connection: Int) -> Release {
        if let first = popFirst() { return .handOver(first.waiter) }
        precondition(!idle.contains(connection), "connection \(connection) was given back twice")
        idle.append(connection)
        return isDrained ? .drained : .idle
    }

    /// Takes a waiter out of the queue; nil when it has got its connection, or has expired.
    mutating func cancel(_ ticket: Ticket) -> Waiter? {
        let waiter = waiting.removeValue(forKey: ticket)?.waiter
        compact()
        return waiter
    }

    /// Takes out whoever has waited long enough.
    mutating func expire(now: ContinuousClock.Instant) -> [Waiter] {
        var expired: [Waiter] = []
        while let first, first.deadline <= now, let waiting = popFirst() { expired.append(waiting.waiter) }
        return expired
    }

    /// When the first of those who wait expires.
    var nextDeadline: ContinuousClock.Instant? {
        mutating get { first?.deadline }
    }

    /// Hands out nothing any more.
    ///
    /// - Returns: Whoever waited.
    mutating func close() -> [Waiter] {
        isClosed = true
        var refused: [Waiter] = []
        while let waiting = popFirst() { refused.append(waiting.waiter) }
        return refused
    }

    private var first: Waiting? {
        mutating get {
            while head < queue.count {
                if let waiting = waiting[queue[head]] { return waiting }
                head += 1
            }
            compact()
            return nil
        }
    }

    private mutating func popFirst() -> Waiting? {
        guard first != nil else { return nil }
        defer {
            head += 1
            compact()
        }
        return waiting.removeValue(forKey: queue[head])
    }

    /// Drops dead tickets once they are the greater part, so that each is moved about once.
    private mutating func compact() {
        guard queue.count > 32, queue.count > 2 * waiting.count else { return }
        queue = queue[head...].filter { waiting[$0] != nil }
        head = 0
    }
}
