import Prometheus
import Synchronization

/// Requests that arrive while a batch is being committed form the next batch: many requests, one commit. For rows that
/// many read at the same time it is the same: many requests, one statement.
///
/// There is no timer and no delay: a request that finds nobody committing goes at once, as a batch of one, on its own
/// thread as far as that goes. What gathered meanwhile is committed next, and so on until nobody waits; then nothing is
/// left running.
///
/// A request that is cancelled leaves its place; once its batch is on its way it is committed with the others, and
/// what was committed is then found as after any lost answer.
final class GroupCommit<Request: Sendable, Answer: Sendable>: Sendable {
    /// Commits a batch and answers each request in its order. It throws only where nothing was committed: the requests
    /// may then be tried again.
    typealias Commit = @Sendable ([Request]) async throws -> [Answer]
    /// Called once, on whichever thread; the next batch waits until it returns.
    typealias Completion = @Sendable (Result<Answer, any Error>) -> Void

    private typealias State = GroupState<Request, Completion>

    /// How many requests each commit was for.
    let batchSizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128])
    private let state: Mutex<State>
    private let commit: Commit
    private let isOfOneRequest: @Sendable (any Error) -> Bool
    private let part: @Sendable (Request, any Error) -> AnyHashable?

    /// - Parameters:
    ///   - maximumBatch: requests that one commit takes at most.
    ///   - maximumWaiting: requests that may wait; one more is refused.
    ///   - isOfOneRequest: whether an error that failed a whole batch may be the fault of a single request; then each
    ///     of them is tried alone.
    ///   - part: with which others a request is tried again after another error that failed a whole batch: those with the
    ///     same value. nil: it is not.
    ///   - commit: commits a batch.
    init(
        maximumBatch: Int, maximumWaiting: Int, isOfOneRequest: @escaping @Sendable (any Error) -> Bool,
        part: @escaping @Sendable (Request, any Error) -> AnyHashable? = { _, _ in nil },
        commit: @escaping Commit
    ) {
        state = Mutex(State(maximumBatch: maximumBatch, maximumWaiting: maximumWaiting))
        self.isOfOneRequest = isOfOneRequest
        self.part = part
        self.commit = commit
    }

    /// How many wait for the batch that is being committed.
    var waitingCount: Int { state.withLock { $0.waitingCount } }

    /// How many wait in ``idle()``.
    var idlerCount: Int { state.withLock { $0.idlerCount } }

    /// Commits one request with those that arrive at the same time, and answers once that is durable.
    ///
    /// Fails with ``LedgerError/overloaded`` when too many wait, and with what the commit throws.
    func submit(_ request: Request, then answer: @escaping Completion) {
        let member = State.Member(request: request, waiter: answer)
        proceed(member, state.withLock { $0.arrive(member, as: $0.issueTicket()) })
    }

    /// The same for a task.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func submit(_ request: Request) async throws -> Answer {
        try Task.checkCancellation()
        let ticket = state.withLock { $0.issueTicket() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let member = State.Member(request: request) { continuation.resume(with: $0) }
                let arrival = state.withLock { Task.isCancelled ? nil : $0.arrive(member, as: ticket) }
                guard let arrival else { return continuation.resume(throwing: CancellationError()) }
                proceed(member, arrival)
            }
        } onCancel: {
            // Nothing is found when it does not wait yet, or its batch is on its way.
            state.withLock { $0.cancel(ticket) }?(.failure(CancellationError()))
        }
    }

    /// Returns when nobody commits.
    func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { $0.waitUntilIdle { continuation.resume() } }
            if isIdle { continuation.resume() }
        }
    }

    private func proceed(_ member: State.Member, _ arrival: State.Arrival) {
        switch arrival {
        case .leads:
            Task.immediateDetached(executorPreference: ResumingThreadExecutor.shared) { await self.lead([member]) }
        case .waits: break
        case .refused: member.waiter(.failure(LedgerError.overloaded))
        }
    }

    /// Commits a batch and those that gather behind it. A task of its own, since no request's cancellation may end it and
    /// a request may have no task; ``idle()`` waits for its end. It begins on the request's thread and goes on on the
    /// connection's: waking another one takes longer than what is left to do there.
    private func lead(_ first: [State.Member]) async {
        var batch: [State.Member]? = first
        while let members = batch {
            batchSizes.observe(UInt64(members.count))
            let outcomes = await outcomes(of: members.map(\.request))
            for (member, outcome) in zip(members, outcomes) { member.waiter(outcome) }
            let (next, idlers) = state.withLock { ($0.nextBatch(), $0.takeIdlers()) }
            for idler in idlers { idler() }
            batch = next
        }
    }

    private func outcomes(of requests: [Request]) async -> [Result<Answer, any Error>] {
        do {
            return try await commit(requests).map { .success($0) }
        } catch {
            var outcomes = [Result<Answer, any Error>](repeating: .failure(error), count: requests.count)
            for places in parts(of: requests, after: error) {
                for (place, outcome) in zip(places, await self.outcomes(of: places.map { requests[$0] })) {
                    outcomes[place] = outcome
                }
            }
            return outcomes
        }
    }

    /// The places of the requests that are tried again, each part smaller than the batch that failed.
    private func parts(of requests: [Request], after error: any Error) -> [[Int]] {
        guard requests.count > 1 else { return [] }
        if isOfOneRequest(error) { return requests.indices.map { [$0] } }
        var parts: [AnyHashable: [Int]] = [:]
        for (place, request) in requests.enumerated() {
            if let part = part(request, error) { parts[part, default: []].append(place) }
        }
        return parts.values.filter { $0.count < requests.count }
    }
}
