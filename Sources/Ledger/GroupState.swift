import DequeModule

/// Who leads and who waits in a ``GroupCommit``: a value without locks or tasks.
struct GroupState<Request: Sendable, Waiter: Sendable>: Sendable {
    typealias Ticket = UInt64

    /// A request in a batch, and whoever waits for its answer; nil for one that went at once.
    struct Member: Sendable {
        let request: Request
        let waiter: Waiter?
    }

    enum Arrival: Equatable {
        case leads
        case waits(Ticket)
        case refused
    }

    enum Entry {
        case waits
        case leads(Member)
        case cancelled
    }

    private let maximumBatch: Int
    private let maximumWaiting: Int
    private var isCommitting = false
    private var waiting: Deque<(ticket: Ticket, member: Member)> = []
    private var nextTicket: Ticket = 0

    init(maximumBatch: Int, maximumWaiting: Int) {
        self.maximumBatch = maximumBatch
        self.maximumWaiting = maximumWaiting
    }

    var waitingCount: Int { waiting.count }

    mutating func arrive() -> Arrival {
        guard isCommitting else {
            isCommitting = true
            return .leads
        }
        guard waiting.count < maximumWaiting else { return .refused }
        nextTicket += 1
        return .waits(nextTicket)
    }

    mutating func enqueue(_ member: Member, as ticket: Ticket) -> Entry {
        guard isCommitting else {
            isCommitting = true
            return .leads(member)
        }
        waiting.append((ticket, member))
        return .waits
    }

    /// - Returns: whoever waited with this ticket, now out of the queue.
    mutating func cancel(_ ticket: Ticket) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return waiting.remove(at: index).member.waiter
    }

    /// Those who go next, the first of them leading; nil, and nobody leads, where nobody waits.
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
