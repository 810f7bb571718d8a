import DequeModule

/// Who goes at once and who waits in a ``GroupCommit``: a value without locks or tasks.
struct GroupState<Request: Sendable, Waiter: Sendable>: Sendable {
    typealias Ticket = UInt64

    /// A request in a batch, and whoever waits for its answer.
    struct Member: Sendable {
        let request: Request
        let waiter: Waiter
    }

    enum Arrival: Equatable {
        case leads
        case waits
        case refused
    }

    private let maximumBatch: Int
    private let maximumWaiting: Int
    private var isCommitting = false
    private var waiting: Deque<(ticket: Ticket, member: Member)> = []
    private var nextTicket: Ticket = 0
    private var idlers: [@Sendable () -> Void] = []

    init(maximumBatch: Int, maximumWaiting: Int) {
        self.maximumBatch = maximumBatch
        self.maximumWaiting = maximumWaiting
    }

    var waitingCount: Int { waiting.count }
    var idlerCount: Int { idlers.count }

    /// What a request is found by when it is to leave its place.
    mutating func issueTicket() -> Ticket {
        nextTicket += 1
        return nextTicket
    }

    /// A request that leads is not in the queue: it goes at once, as a batch of one.
    mutating func arrive(_ member: Member, as ticket: Ticket) -> Arrival {
        guard isCommitting else {
            isCommitting = true
            return .leads
        }
        guard waiting.count < maximumWaiting else { return .refused }
        waiting.append((ticket, member))
        return .waits
    }

    /// - Returns: true where nobody commits; else `idler` is kept until that is so.
    mutating func waitUntilIdle(_ idler: @escaping @Sendable () -> Void) -> Bool {
        if isCommitting { idlers.append(idler) }
        return !isCommitting
    }

    /// Those who waited until nobody commits; none while somebody does.
    mutating func takeIdlers() -> [@Sendable () -> Void] {
        guard !isCommitting else { return [] }
        defer { idlers = [] }
        return idlers
    }

    /// - Returns: whoever waited with this ticket, now out of the queue.
    mutating func cancel(_ ticket: Ticket) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return waiting.remove(at: index).member.waiter
    }

    /// Those who go next; nil, and nobody commits, where nobody waits.
    mutating func nextBatch() -> [Member]? {
        guard !waiting.isEmpty else {
            isCommitting = false
            return nil
        }
        let batch = waiting.prefix(maximumBatch).map(\.member)
        waiting.removeFirst(batch.count)
        return batch
    }
}
