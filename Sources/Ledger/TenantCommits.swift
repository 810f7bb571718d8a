import Postgres
import Prometheus
import TollgateCore

/// Changes of tenants' counters, committed in groups (``GroupCommit``), without those of tenants whose counters somebody
/// else holds for long.
///
/// A batch waits for every row that it needs, and what arrives meanwhile waits behind it. Where one tenant's row is not to
/// be had within `lock_timeout`, the batch is taken apart: the others are committed, and what is asked for that tenant
/// waits among ``HeldTenants``, in nobody's way, until the row is let go.
final class TenantCommits<Request: Sendable, Answer: Sendable>: Sendable {
    typealias Group = GroupCommit<Request, Answer>

    /// Some tenants' requests cannot be committed with the others of their batch.
    private struct HeldUp: Error {
        let tenants: Set<TenantID>
        /// What came of waiting for them.
        let cause: any Error
        /// The batch was sent, and failed. Who held it up may not be among the tenants.
        let wasTried: Bool
    }

    private let group: Group
    private let held: HeldTenants
    private let tenant: @Sendable (Request) -> TenantID

    /// - Parameters:
    ///   - held: shared by all kinds of changes of the same counters.
    ///   - maximumBatch: requests that one commit takes at most.
    ///   - maximumWaiting: requests that may wait; one more is refused.
    ///   - isOfOneRequest: as ``GroupCommit`` has it.
    ///   - tenant: whose counters a request changes.
    ///   - commit: commits a batch.
    init(
        held: HeldTenants, maximumBatch: Int, maximumWaiting: Int,
        isOfOneRequest: @escaping @Sendable (any Error) -> Bool, tenant: @escaping @Sendable (Request) -> TenantID,
        commit: @escaping Group.Commit
    ) {
        self.held = held
        self.tenant = tenant
        group = Group(
            maximumBatch: maximumBatch, maximumWaiting: maximumWaiting, isOfOneRequest: isOfOneRequest,
            part: { Self.part(of: tenant($0), after: $1) }
        ) { batch in
            // They may have arrived before it was known.
            let known = held.among(batch.lazy.map(tenant))
            if let cause = known.values.first {
                throw HeldUp(tenants: Set(known.keys), cause: cause, wasTried: false)
            }
            do {
                return try await commit(batch)
            } catch let error where Self.isLockTimeout(error) {
                let tenants = Set(batch.map(tenant))
                let locked = await held.blame(tenants, for: error)
                guard tenants.count > 1, !locked.isEmpty else { throw error }
                throw HeldUp(tenants: locked, cause: error, wasTried: true)
            }
        }
    }

    /// How many requests each commit was for.
    var batchSizes: Histogram { group.batchSizes }

    /// How many wait for the batch that is being committed.
    var waitingCount: Int { group.waitingCount }

    /// As ``GroupCommit/submit(_:)``.
    func submit(_ request: Request) async throws -> Answer {
        if !held.contains(tenant(request)) {
            do { return try await group.submit(request) } catch is HeldUp {}
        }
        try await held.wait(for: tenant(request))
        do { return try await group.submit(request) } catch let error as HeldUp { throw error.cause }
    }

    /// As ``GroupCommit/submit(_:then:)``.
    func submit(_ request: Request, then answer: @escaping Group.Completion) {
        guard !held.contains(tenant(request)) else { return submitLater(request, then: answer) }
        group.submit(request) { result in
            if case .failure(is HeldUp) = result {
                self.submitLater(request, then: answer)
            } else {
                answer(result)
            }
        }
    }

    /// Returns when nobody commits.
    func idle() async {
        await group.idle()
        await held.idle()
        await group.idle()
    }

    /// Whoever is held up for a second time fails.
    private func submitLater(_ request: Request, then answer: @escaping Group.Completion) {
        held.wait(for: tenant(request)) { outcome in
            if case .failure(let error) = outcome { return answer(.failure(error)) }
            self.group.submit(request) { answer($0.mapError { ($0 as? HeldUp)?.cause ?? $0 }) }
        }
    }

    /// With which others of its batch a tenant's request is tried again.
    private static func part(of tenant: TenantID, after error: any Error) -> AnyHashable? {
        guard let heldUp = error as? HeldUp else { return isLockTimeout(error) ? AnyHashable(tenant) : nil }
        if heldUp.tenants.contains(tenant) { return nil }
        return heldUp.wasTried ? AnyHashable(tenant) : true
    }

    private static func isLockTimeout(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == .lockNotAvailable
    }
}
