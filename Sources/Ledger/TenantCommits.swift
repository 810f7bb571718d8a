import Postgres
import Prometheus
import TollgateCore

/// Changes of tenants' counters, committed in groups (``GroupCommit``): one group for everybody, and one apart for tenants
/// whose counters somebody else holds for long.
///
/// A batch waits for every row that it needs, and what arrives meanwhile waits behind it. Where one tenant's row is not to
/// be had within `lock_timeout`, the batch is taken apart: its tenant's requests fail, the others are committed, and
/// until a change of that tenant succeeds again its requests wait among themselves, in nobody's way.
final class TenantCommits<Request: Sendable, Answer: Sendable>: Sendable {
    typealias Group = GroupCommit<Request, Answer>

    /// These tenants' requests cannot be committed with the others of their batch.
    private struct HeldUp: Error {
        let tenants: Set<TenantID>
        /// What they failed with; nil where they were not tried.
        let cause: (any Error)?
    }

    /// How many requests each commit was for.
    let batchSizes = Histogram.batchSizes()
    private let common: Group
    private let apart: Group
    private let held: HeldTenants
    private let tenant: @Sendable (Request) -> TenantID
    private let touches: @Sendable (Answer) -> Bool

    /// - Parameters:
    ///   - held: shared by all kinds of changes of the same counters.
    ///   - pool: asked which rows are locked.
    ///   - maximumBatch: requests that one commit takes at most.
    ///   - maximumWaiting: requests that may wait, of everybody and again of those apart; one more is refused.
    ///   - isOfOneRequest: as ``GroupCommit`` has it.
    ///   - tenant: whose counters a request changes.
    ///   - touches: whether an answer shows that the counters could be had.
    ///   - commit: commits a batch.
    init(
        held: HeldTenants, pool: PostgresPool, maximumBatch: Int, maximumWaiting: Int,
        isOfOneRequest: @escaping @Sendable (any Error) -> Bool, tenant: @escaping @Sendable (Request) -> TenantID,
        touches: @escaping @Sendable (Answer) -> Bool, commit: @escaping Group.Commit
    ) {
        let commitOrBlame: Group.Commit = { batch in
            do {
                return try await commit(batch)
            } catch let error where Self.isLockTimeout(error) {
                let locked = try await HeldTenants.locked(Set(batch.map(tenant)), pool)
                // Another row, or let go since.
                guard !locked.isEmpty else { throw error }
                held.insert(locked)
                throw HeldUp(tenants: locked, cause: error)
            }
        }
        let part: @Sendable (Request, any Error) -> AnyHashable? = { request, error in
            if let heldUp = error as? HeldUp { return heldUp.tenants.contains(tenant(request)) ? nil : true }
            return Self.isLockTimeout(error) ? AnyHashable(tenant(request)) : nil
        }
        common = Group(
            maximumBatch: maximumBatch, maximumWaiting: maximumWaiting, batchSizes: batchSizes,
            isOfOneRequest: isOfOneRequest, part: part
        ) { batch in
            // They may have arrived before it was known.
            let known = held.among(batch.lazy.map(tenant))
            guard known.isEmpty else { throw HeldUp(tenants: known, cause: nil) }
            return try await commitOrBlame(batch)
        }
        apart = Group(
            maximumBatch: maximumBatch, maximumWaiting: maximumWaiting, batchSizes: batchSizes,
            isOfOneRequest: isOfOneRequest, part: part, commit: commitOrBlame)
        self.held = held
        self.tenant = tenant
        self.touches = touches
    }

    /// How many wait for the batch that is being committed.
    var waitingCount: Int { common.waitingCount + apart.waitingCount }

    /// As ``GroupCommit/submit(_:)``.
    func submit(_ request: Request) async throws -> Answer {
        do {
            if !held.contains(tenant(request)) { return try await common.submit(request) }
        } catch let error as HeldUp {
            if let cause = error.cause { throw cause }
        }
        let result: Result<Answer, any Error>
        do { result = .success(try await apart.submit(request)) } catch { result = .failure(error) }
        return try settle(request, result).get()
    }

    /// As ``GroupCommit/submit(_:then:)``.
    func submit(_ request: Request, then answer: @escaping Group.Completion) {
        guard !held.contains(tenant(request)) else { return submitApart(request, then: answer) }
        common.submit(request) { result in
            guard case .failure(let error as HeldUp) = result else { return answer(result) }
            if let cause = error.cause { answer(.failure(cause)) } else { self.submitApart(request, then: answer) }
        }
    }

    /// Returns when nobody commits.
    func idle() async {
        await common.idle()
        await apart.idle()
    }

    private func submitApart(_ request: Request, then answer: @escaping Group.Completion) {
        apart.submit(request) { answer(self.settle(request, $0)) }
    }

    private static func isLockTimeout(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == .lockNotAvailable
    }

    /// What came of a request that was committed apart, as its caller is told it.
    private func settle(_ request: Request, _ result: Result<Answer, any Error>) -> Result<Answer, any Error> {
        switch result {
        case .success(let answer):
            if touches(answer) { held.remove(tenant(request)) }
            return result
        case .failure(let error):
            return (error as? HeldUp)?.cause.map { .failure($0) } ?? result
        }
    }
}
