import Testing

@testable import Postgres

@Suite("PoolState")
struct PoolStateTests {
    private let start = ContinuousClock.now

    private func handedOver<Waiter>(_ release: PoolState<Waiter>.Release) -> Waiter? {
        guard case .handOver(let waiter) = release else { return nil }
        return waiter
    }

    @Test("hands out no connection twice and no more than there are")
    func exhausts() {
        var pool = PoolState<String>(connectionCount: 2)
        #expect(pool.acquire() == .connection(0))
        #expect(pool.acquire() == .connection(1))
        #expect(pool.acquire() == .wait)
        #expect(pool.inUseCount == 2)
    }

    @Test("prefers the connection that was used last")
    func lastInFirstOut() {
        var pool = PoolState<String>(connectionCount: 3)
        _ = pool.acquire()
        _ = pool.acquire()
        _ = pool.release(0)
        #expect(pool.acquire() == .connection(0))
    }

    @Test("serves waiters in order, passing over those who left")
    func order() throws {
        var pool = PoolState<String>(connectionCount: 1)
        _ = pool.acquire()
        var tickets: [PoolState<String>.Ticket] = []
        for name in ["a", "b", "c"] {
            tickets.append(pool.nextTicket())
            pool.enqueue(name, as: try #require(tickets.last), until: start + .seconds(1))
        }
        #expect(pool.cancel(tickets[0]) == "a")
        #expect(pool.cancel(tickets[0]) == nil)
        #expect(handedOver(pool.release(0)) == "b")
        #expect(handedOver(pool.release(0)) == "c")
        #expect(handedOver(pool.release(0)) == nil)
        #expect(pool.cancel(tickets[2]) == nil)
        #expect(pool.inUseCount == 0)
    }

    @Test("expires those whose time is over, and nobody else")
    func expires() {
        var pool = PoolState<String>(connectionCount: 1)
        _ = pool.acquire()
        for (name, seconds) in [("a", 1), ("b", 2), ("c", 3)] {
            let ticket = pool.nextTicket()
            pool.enqueue(name, as: ticket, until: start + .seconds(seconds))
        }
        #expect(pool.expire(now: start) == [])
        #expect(pool.nextDeadline == start + .seconds(1))
        #expect(pool.expire(now: start + .seconds(2)) == ["a", "b"])
        #expect(pool.nextDeadline == start + .seconds(3))
        #expect(pool.waitingCount == 1)
    }

    @Test("a closed pool refuses, and is drained when the last connection is back")
    func closes() {
        var pool = PoolState<String>(connectionCount: 2)
        _ = pool.acquire()
        _ = pool.acquire()
        let ticket = pool.nextTicket()
        pool.enqueue("a", as: ticket, until: start)
        #expect(pool.close() == ["a"])
        #expect(pool.acquire() == .closed)
        #expect(!pool.isDrained)
        guard case .idle = pool.release(0) else {
            Issue.record("one connection is still out")
            return
        }
        guard case .drained = pool.release(1) else {
            Issue.record("all connections are back")
            return
        }
    }

    @Test("keeps order and loses nobody while thousands come, leave and are served")
    func longQueue() throws {
        var pool = PoolState<Int>(connectionCount: 1)
        _ = pool.acquire()
        var tickets: [PoolState<Int>.Ticket] = []
        for number in 0..<5000 {
            let ticket = pool.nextTicket()
            tickets.append(ticket)
            pool.enqueue(number, as: ticket, until: start + .seconds(1))
        }
        for (number, ticket) in tickets.enumerated() where !number.isMultiple(of: 7) {
            #expect(pool.cancel(ticket) == number)
        }
        var served: [Int] = []
        while let number = handedOver(pool.release(0)) { served.append(number) }
        #expect(served == Array(stride(from: 0, to: 5000, by: 7)))
        #expect(pool.waitingCount == 0)
    }
}
