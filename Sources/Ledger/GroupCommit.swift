import Prometheus
import Synchronization

/// Requests that arrive while a batch is being committed form the next batch: many requests, one commit.
///
/// There is no timer and no delay: a request that finds nobody committing goes at once, as a batch of one. The requests
/// lead in turn: the first of a batch commits it for all, then hands the lead to the first of those that gathered
/// meanwhile. So nothing runs in the background, and when no request is left nothing else is.
///
/// A request that is cancelled leaves its place; once its batch is on its way it is committed with the others, and
/// what was committed is then found as after any lost answer.
final class GroupCommit<Request: Sendable, Answer: Sendable>: Sendable {
    /// Commits a batch, whole or not at all, and answers each request in its order.
    typealias Commit = @Sendable ([Request]) async throws -> [Answer]

    private typealias State = GroupState<Request, CheckedContinuation<Turn, any Error>>

    /// What becomes of a request that waited.
    private enum Turn: Sendable {
        /// It was committed with a batch that another led.
        case answered(Answer)
        /// It leads this batch, of which it is the first.
        case leads([State.Member])
    }

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

    /// Commits one request with those that arrive at the same time.
    /// - Returns: its answer, once it is durable.
    /// - Throws: ``LedgerError/overloaded`` when too many wait; what the commit throws; `CancellationError` when the
    ///   task is cancelled while it waits.
    func submit(_ request: Request) async throws -> Answer {
        try Task.checkCancellation()
        switch state.withLock({ $0.arrive() }) {
        case .refused: throw LedgerError.overloaded
        case .leads: return try await lead([State.Member(request: request, waiter: nil)])
        case .waits(let ticket):
            switch try await wait(request, as: ticket) {
            case .answered(let answer): return answer
            case .leads(let batch): return try await lead(batch)
            }
        }
    }

    private func wait(_ request: Request, as ticket: State.Ticket) async throws -> Turn {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let entry = state.withLock { state in
                    Task.isCancelled
                        ? State.Entry.cancelled
                        : state.enqueue(.init(request: request, waiter: continuation), as: ticket)
                }
                switch entry {
                case .waits: break
                case .cancelled: continuation.resume(throwing: CancellationError())
                // The leader was done between the arrival and now, and left nobody to lead.
                case .leads(let member): continuation.resume(returning: .leads([member]))
                }
            }
        } onCancel: {
            // Nothing is found when it does not wait yet, or its batch is on its way.
            state.withLock { $0.cancel(ticket) }?.resume(throwing: CancellationError())
        }
    }

    /// Commits a batch, answers its members but the first, and hands the lead on.
    private func lead(_ batch: [State.Member]) async throws -> Answer {
        batchSizes.observe(UInt64(batch.count))
        // A task of its own, waited for here whatever happens: the leader's cancellation is not the others'. It begins
        // on this thread: waking another one takes longer than what is left to do here.
        let outcomes = await Task.immediate { await self.outcomes(of: batch.map(\.request)) }.value
        if let next = state.withLock({ $0.nextBatch() }) {
            next[0].waiter?.resume(returning: .leads(next))
        }
        for (member, outcome) in zip(batch, outcomes).dropFirst() {
            member.waiter?.resume(with: outcome.map(Turn.answered))
        }
        return try outcomes[0].get()
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
