import Testing

@testable import Ledger

@Suite("Who goes at once and who waits")
struct GroupStateTests {
    private static func arrive(
        _ name: String, in state: inout GroupState<String, String>
    ) -> (arrival: GroupState<String, String>.Arrival, ticket: GroupState<String, String>.Ticket) {
        let ticket = state.issueTicket()
        return (state.arrive(.init(request: name, waiter: name), as: ticket), ticket)
    }

    /// The state in which one commits and these wait, each with its ticket.
    private static func waiting(
        _ names: [String], maximumBatch: Int = 10
    ) -> (GroupState<String, String>, [String: GroupState<String, String>.Ticket]) {
        var state = GroupState<String, String>(maximumBatch: maximumBatch, maximumWaiting: 10)
        var tickets: [String: GroupState<String, String>.Ticket] = [:]
        _ = arrive("first", in: &state)
        for name in names { tickets[name] = arrive(name, in: &state).ticket }
        return (state, tickets)
    }

    @Test("the first goes at once, the others wait")
    func firstLeads() {
        var state = GroupState<String, String>(maximumBatch: 10, maximumWaiting: 10)
        #expect(Self.arrive("a", in: &state).arrival == .leads)
        #expect(Self.arrive("b", in: &state).arrival == .waits)
        #expect(state.waitingCount == 1)
    }

    @Test("those who gathered go next, in their order, no more than a batch may hold")
    func gatherInOrder() {
        var (state, _) = Self.waiting(["a", "b", "c"], maximumBatch: 2)
        #expect(state.nextBatch()?.map(\.request) == ["a", "b"])
        #expect(state.nextBatch()?.map(\.request) == ["c"])
        #expect(state.nextBatch() == nil)
        #expect(Self.arrive("d", in: &state).arrival == .leads)
    }

    @Test("one more than may wait is refused")
    func refuses() {
        var (state, _) = Self.waiting((0..<10).map(String.init))
        #expect(Self.arrive("late", in: &state).arrival == .refused)
        _ = state.nextBatch()
        #expect(Self.arrive("later", in: &state).arrival == .waits)
    }

    @Test("who is cancelled leaves its place, once")
    func cancels() throws {
        var (state, tickets) = Self.waiting(["a", "b"])
        let ticket = try #require(tickets["a"])
        #expect(state.cancel(ticket) == "a")
        #expect(state.cancel(ticket) == nil)
        #expect(state.nextBatch()?.map(\.request) == ["b"])
    }
}
