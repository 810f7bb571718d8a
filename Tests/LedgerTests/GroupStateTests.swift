import Testing

@testable import Ledger

@Suite("Who leads and who waits")
struct GroupStateTests {
    private static func member(_ name: String) -> GroupState<String, String>.Member {
        .init(request: name, waiter: name)
    }

    /// The state in which one commits and these wait, each with its ticket.
    private static func waiting(
        _ names: [String], maximumBatch: Int = 10
    ) -> (GroupState<String, String>, [String: GroupState<String, String>.Ticket]) {
        var state = GroupState<String, String>(maximumBatch: maximumBatch, maximumWaiting: 10)
        var tickets: [String: GroupState<String, String>.Ticket] = [:]
        _ = state.arrive()
        for name in names {
            guard case .waits(let ticket) = state.arrive() else { continue }
            _ = state.enqueue(member(name), as: ticket)
            tickets[name] = ticket
        }
        return (state, tickets)
    }

    @Test("the first leads at once, the others wait")
    func firstLeads() {
        var state = GroupState<String, String>(maximumBatch: 10, maximumWaiting: 10)
        #expect(state.arrive() == .leads)
        #expect(state.arrive() == .waits(1))
    }

    @Test("those who gathered go next, in their order, no more than a batch may hold")
    func gatherInOrder() {
        var (state, _) = Self.waiting(["a", "b", "c"], maximumBatch: 2)
        #expect(state.nextBatch()?.map(\.request) == ["a", "b"])
        #expect(state.nextBatch()?.map(\.request) == ["c"])
        #expect(state.nextBatch() == nil)
        #expect(state.arrive() == .leads)
    }

    @Test("one more than may wait is refused")
    func refuses() {
        var (state, _) = Self.waiting((0..<10).map(String.init))
        #expect(state.arrive() == .refused)
        _ = state.nextBatch()
        #expect(state.arrive() != .refused)
    }

    @Test("who is cancelled leaves its place, once")
    func cancels() throws {
        var (state, tickets) = Self.waiting(["a", "b"])
        let ticket = try #require(tickets["a"])
        #expect(state.cancel(ticket) == "a")
        #expect(state.cancel(ticket) == nil)
        #expect(state.nextBatch()?.map(\.request) == ["b"])
    }

    @Test("who came while another led, and is late, leads itself")
    func lateLeads() {
        var state = GroupState<String, String>(maximumBatch: 10, maximumWaiting: 10)
        _ = state.arrive()
        guard case .waits(let ticket) = state.arrive() else {
            Issue.record("somebody commits, so it waits")
            return
        }
        #expect(state.nextBatch() == nil)
        guard case .leads(let member) = state.enqueue(Self.member("late"), as: ticket) else {
            Issue.record("nobody commits any more, so it leads")
            return
        }
        #expect(member.request == "late")
        #expect(state.arrive() != .leads)
    }
}
