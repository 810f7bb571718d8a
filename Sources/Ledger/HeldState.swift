import TollgateCore

/// Who is held and who waits for it in ``HeldTenants``: a value without locks or tasks.
struct HeldState: Sendable {
    typealias Ticket = UInt64

    struct Waiter: Sendable {
        let until: ContinuousClock.Instant
        let resume: HeldTenants.Completion
    }

    enum Arrival: Equatable {
        case waits
        case isFree
        case refused
    }

    /// What a look changed.
    struct Turn: Sendable {
        var ended: [(waiter: Waiter, outcome: Result<Void, any Error>)] = []
        var idlers: [@Sendable () -> Void] = []
        /// Nothing is held any more, and nobody looks on.
        var isOver = false
    }

    /// What each held tenant was put here for.
    private(set) var causes: [TenantID: any Error] = [:]

    private let maximumWaiting: Int
    /// In the order of their arrival. Of held tenants alone.
    private var waiting: [TenantID: [(ticket: Ticket, waiter: Waiter)]] = [:]
    private(set) var waitingCount = 0
    private var isWatched = false
    private var idlers: [@Sendable () -> Void] = []
    private var nextTicket: Ticket = 0

    init(maximumWaiting: Int) {
        self.maximumWaiting = maximumWaiting
    }

    mutating func issueTicket() -> Ticket {
        nextTicket += 1
        return nextTicket
    }

    /// - Returns: whether somebody has to begin to look.
    mutating func hold(_ tenants: Set<TenantID>, for cause: any Error) -> Bool {
        for tenant in tenants { causes[tenant] = cause }
        defer { isWatched = true }
        return !isWatched
    }

    mutating func wait(_ waiter: Waiter, for tenant: TenantID, as ticket: Ticket) -> Arrival {
        guard causes[tenant] != nil else { return .isFree }
        guard waitingCount < maximumWaiting else { return .refused }
        waitingCount += 1
        waiting[tenant, default: []].append((ticket, waiter))
        return .waits
    }

    /// - Returns: the waiter, which is to be told; nil where it does not wait.
    mutating func cancel(_ ticket: Ticket, of tenant: TenantID) -> Waiter? {
        guard let place = waiting[tenant]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        waitingCount -= 1
        return waiting[tenant]?.remove(at: place).waiter
    }

    /// - Returns: whether nothing is held; else `idler` will be called.
    mutating func waitUntilIdle(_ idler: @escaping @Sendable () -> Void) -> Bool {
        guard isWatched else { return true }
        idlers.append(idler)
        return false
    }

    /// After a look that found these tenants `free`.
    mutating func turn(free: Set<TenantID>, at now: ContinuousClock.Instant) -> Turn {
        var turn = Turn()
        for tenant in free {
            causes[tenant] = nil
            for (_, waiter) in waiting.removeValue(forKey: tenant) ?? [] { turn.ended.append((waiter, .success(()))) }
        }
        for (tenant, cause) in causes {
            guard let queue = waiting[tenant] else { continue }
            let late = queue.prefix { $0.waiter.until <= now }
            for (_, waiter) in late { turn.ended.append((waiter, .failure(cause))) }
            waiting[tenant] = Array(queue.dropFirst(late.count))
        }
        waitingCount -= turn.ended.count
        guard causes.isEmpty else { return turn }
        isWatched = false
        turn.isOver = true
        turn.idlers = idlers
        idlers = []
        return turn
    }
}
