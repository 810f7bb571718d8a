import Foundation
import Synchronization
import Testing

@testable import Ledger

@Suite("Group commit", .timeLimit(.minutes(1)))
struct GroupCommitTests {
    struct Fault: Error, Equatable { let request: Int }

    /// Commits that wait until they are let go, and remember their batches.
    final class Gate: Sendable {
        private struct State {
            var batches: [[Int]] = []
            var waiting: [CheckedContinuation<Void, Never>] = []
            var isOpen = false
        }

        private let state = Mutex(State())

        var batches: [[Int]] { state.withLock { $0.batches } }

        func commit(_ batch: [Int]) async throws -> [Int] {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.batches.append(batch)
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            if let bad = batch.first(where: { $0 < 0 }) { throw Fault(request: bad) }
            return batch.map { $0 * 10 }
        }

        func open() {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.isOpen = true
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private static func group(
        _ gate: Gate, maximumBatch: Int = 100, maximumWaiting: Int = 100, faultsAreSingle: Bool = true
    ) -> GroupCommit<Int, Int> {
        GroupCommit(
            maximumBatch: maximumBatch, maximumWaiting: maximumWaiting, isOfOneRequest: { _ in faultsAreSingle },
            commit: gate.commit)
    }

    private static func until(_ condition: () -> Bool) async throws {
        while !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test("what arrives while a batch is committed is the next batch, and each gets its own answer")
    func gathers() async throws {
        let gate = Gate()
        let group = Self.group(gate)
        async let first = group.submit(1)
        try await Self.until { gate.batches == [[1]] }
        let others = (2...20).map { number in Task { try await group.submit(number) } }
        try await Self.until { group.waitingCount == 19 }
        gate.open()
        #expect(try await first == 10)
        for (number, task) in zip(2...20, others) { #expect(try await task.value == number * 10) }
        #expect(gate.batches.count == 2)
        #expect(gate.batches[1].sorted() == Array(2...20))
    }

    @Test("requests without a task are committed and answered with the others, or refused at once")
    func answersCallbacks() async throws {
        let gate = Gate()
        let group = Self.group(gate, maximumWaiting: 3)
        let (answers, answered) = AsyncStream.makeStream(of: Result<Int, any Error>.self)
        group.submit(1) { answered.yield($0) }
        #expect(gate.batches == [[1]], "it goes at once")
        group.submit(2) { answered.yield($0) }
        group.submit(-3) { answered.yield($0) }
        let other = Task { try await group.submit(4) }
        try await Self.until { group.waitingCount == 3 }
        group.submit(5) { result in #expect(throws: LedgerError.overloaded) { try result.get() } }
        gate.open()
        #expect(try await other.value == 40)
        var iterator = answers.makeAsyncIterator()
        for expected in [10, 20] { #expect(try await iterator.next()?.get() == expected) }
        await #expect(throws: Fault(request: -3)) { try await iterator.next()?.get() }
        #expect(gate.batches.prefix(2) == [[1], [2, -3, 4]])
    }

    @Test("it is idle when the last answer was given, and not before")
    func tellsIdleness() async throws {
        let gate = Gate()
        let group = Self.group(gate)
        await group.idle()
        let answered = Atomic(0)
        for number in 1...3 { group.submit(number) { _ in answered.add(1, ordering: .relaxed) } }
        async let seen = {
            await group.idle(); return answered.load(ordering: .relaxed)
        }()
        try await Self.until { group.idlerCount == 1 }
        #expect(answered.load(ordering: .relaxed) == 0)
        gate.open()
        #expect(await seen == 3)
    }

    @Test("a lone request is a batch of its own, without delay")
    func goesAtOnce() async throws {
        let gate = Gate()
        gate.open()
        let group = Self.group(gate)
        for number in 1...5 { #expect(try await group.submit(number) == number * 10) }
        #expect(gate.batches == [[1], [2], [3], [4], [5]])
    }

    @Test("a bad request fails alone")
    func failsAlone() async throws {
        let gate = Gate()
        let group = Self.group(gate)
        async let first = group.submit(1)
        try await Self.until { gate.batches.count == 1 }
        let good = Task { try await group.submit(2) }
        let bad = Task { try await group.submit(-3) }
        try await Self.until { group.waitingCount == 2 }
        gate.open()
        #expect(try await first == 10)
        #expect(try await good.value == 20)
        await #expect(throws: Fault(request: -3)) { try await bad.value }
    }

    @Test("an error that would meet each of them is told to all and not tried again")
    func failsTogether() async throws {
        let gate = Gate()
        let group = Self.group(gate, faultsAreSingle: false)
        async let first = group.submit(1)
        try await Self.until { gate.batches.count == 1 }
        let tasks = [2, -3].map { number in Task { try await group.submit(number) } }
        try await Self.until { group.waitingCount == 2 }
        gate.open()
        _ = try await first
        for task in tasks { await #expect(throws: Fault(request: -3)) { try await task.value } }
        #expect(gate.batches.count == 2)
    }

    @Test("who is cancelled while waiting is not committed; who leads commits for the others all the same")
    func cancels() async throws {
        let gate = Gate()
        let group = Self.group(gate)
        let leader = Task { try await group.submit(1) }
        try await Self.until { gate.batches.count == 1 }
        let leaves = Task { try await group.submit(2) }
        let stays = Task { try await group.submit(3) }
        try await Self.until { group.waitingCount == 2 }
        leaves.cancel()
        leader.cancel()
        await #expect(throws: CancellationError.self) { try await leaves.value }
        gate.open()
        #expect(try await leader.value == 10)
        #expect(try await stays.value == 30)
        #expect(gate.batches == [[1], [3]])
    }

    @Test("refuses one more than may wait")
    func refuses() async throws {
        let gate = Gate()
        let group = Self.group(gate, maximumWaiting: 1)
        async let first = group.submit(1)
        try await Self.until { gate.batches.count == 1 }
        async let second = group.submit(2)
        try await Self.until { group.waitingCount == 1 }
        await #expect(throws: LedgerError.overloaded) { try await group.submit(3) }
        gate.open()
        #expect(try await [first, second] == [10, 20])
    }

    @Test("under a crowd with cancellations every request ends once, and none is lost")
    func survivesCrowd() async throws {
        let gate = Gate()
        gate.open()
        let group = Self.group(gate, maximumBatch: 7, maximumWaiting: 10_000)
        let answered = try await withThrowingTaskGroup(of: Int?.self) { tasks in
            for number in 1...2_000 {
                tasks.addTask {
                    let task = Task { try await group.submit(number) }
                    if number % 5 == 0 { task.cancel() }
                    do { return try await task.value } catch is CancellationError { return nil }
                }
            }
            return try await tasks.reduce(into: Set<Int>()) { if let answer = $1 { $0.insert(answer / 10) } }
        }
        #expect(Set(gate.batches.joined()) == answered)
        #expect(answered.count >= 1_600)
        #expect(group.waitingCount == 0)
    }
}
