import Foundation
import Testing
import TollgateCore

@testable import Ledger

@Suite("Who is held and who waits for it")
struct HeldStateTests {
    private struct Cause: Error {}

    private static let start = ContinuousClock.now
    private let one = TenantID(UUID())
    private let two = TenantID(UUID())

    private static func waiter(until seconds: Int = 5) -> HeldState.Waiter {
        HeldState.Waiter(until: start + .seconds(seconds)) { _ in }
    }

    private func state(maximumWaiting: Int = 10) -> HeldState {
        var state = HeldState(maximumWaiting: maximumWaiting)
        let begins = state.hold([one, two], for: Cause())
        #expect(begins)
        return state
    }

    private func arrive(_ state: inout HeldState, for tenant: TenantID) -> HeldState.Arrival {
        state.wait(Self.waiter(), for: tenant, as: state.issueTicket())
    }

    @Test("nobody waits for a tenant that is not held, and no more than may wait")
    func arrivals() {
        var state = state(maximumWaiting: 2)
        let tenants = [TenantID(UUID()), one, two, two]
        #expect(tenants.map { arrive(&state, for: $0) } == [.isFree, .waits, .waits, .refused])
        _ = state.turn(free: [one], at: Self.start)
        let next = arrive(&state, for: two)
        #expect(next == .waits)
    }

    @Test("one looks on for all, until nothing is held")
    func watching() {
        var state = state()
        let isSecond = !state.hold([TenantID(UUID())], for: Cause())
        let first = state.turn(free: [one], at: Self.start)
        let isBusy = !state.waitUntilIdle {}
        let last = state.turn(free: Set(state.causes.keys), at: Self.start)
        #expect(isSecond && !first.isOver && isBusy)
        #expect(last.isOver && last.idlers.count == 1)
        let isIdle = state.waitUntilIdle {}
        let beginsAnew = state.hold([one], for: Cause())
        #expect(isIdle && beginsAnew)
    }

    @Test("who waits for a tenant that is free again goes on, who waited too long for another fails")
    func turns() {
        var state = state()
        for (tenant, seconds) in [(one, 1), (one, 9), (two, 1), (two, 2), (two, 9)] {
            _ = state.wait(Self.waiter(until: seconds), for: tenant, as: state.issueTicket())
        }
        let turn = state.turn(free: [one], at: Self.start + .seconds(2))
        let outcomes = turn.ended.map { ended in
            if case .success = ended.outcome { true } else { false }
        }
        #expect(outcomes == [true, true, false, false])
        #expect(state.waitingCount == 1)
        #expect(state.causes.keys.contains(two) && state.causes.count == 1)
    }

    @Test("who is cancelled is told once, and leaves its place")
    func cancelled() {
        var state = state(maximumWaiting: 1)
        let ticket = state.issueTicket()
        let early = state.cancel(ticket, of: one)
        _ = state.wait(Self.waiter(), for: one, as: ticket)
        let inTime = state.cancel(ticket, of: one)
        let again = state.cancel(ticket, of: one)
        #expect(early == nil && inTime != nil && again == nil)
        let next = arrive(&state, for: two)
        #expect(next == .waits)
        let turn = state.turn(free: [one], at: Self.start)
        #expect(turn.ended.isEmpty)
    }
}
