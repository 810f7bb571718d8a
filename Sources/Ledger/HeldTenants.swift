import Foundation
import Postgres
import Synchronization
import TollgateCore

/// The tenants whose counters somebody else was seen to hold for long, a repair for one, and the requests that wait until
/// they are let go.
///
/// Those wait here, not in PostgreSQL: they take no connection, and lock no other tenant's counters meanwhile. While any
/// tenant is held, one small statement every tenth of a second looks who still is. Nearly always none is, which every
/// change of every upload asks.
final class HeldTenants: Sendable {
    /// Called once, on whichever thread.
    typealias Completion = @Sendable (Result<Void, any Error>) -> Void
    /// The tenants of these whose counters are locked.
    typealias Look = @Sendable (Set<TenantID>) async throws -> Set<TenantID>

    private static let interval = Duration.milliseconds(100)

    private let number = Atomic(0)
    private let state: Mutex<HeldState>
    private let patience: Duration
    private let look: Look

    /// - Parameters:
    ///   - patience: how long a request waits; then it fails with what its tenant was put here for.
    ///   - maximumWaiting: requests that may wait; one more is refused.
    ///   - look: asked again and again while a tenant is held.
    init(patience: Duration, maximumWaiting: Int, look: @escaping Look) {
        state = Mutex(HeldState(maximumWaiting: maximumWaiting))
        self.patience = patience
        self.look = look
    }

    var count: Int { number.load(ordering: .relaxed) }

    var waitingCount: Int { state.withLock { $0.waitingCount } }

    func contains(_ tenant: TenantID) -> Bool {
        count > 0 && state.withLock { $0.causes[tenant] != nil }
    }

    /// Those of these tenants that are held, with what they were put here for.
    func among(_ tenants: some Sequence<TenantID>) -> [TenantID: any Error] {
        guard count > 0 else { return [:] }
        return state.withLock { state in
            tenants.reduce(into: [:]) { found, tenant in found[tenant] = state.causes[tenant] }
        }
    }

    /// Keeps apart those of `suspects` whose counters are locked at this moment, `cause` being what came of waiting for
    /// one of them.
    /// - Returns: the tenants that are held now; none where that cannot be found out.
    func blame(_ suspects: Set<TenantID>, for cause: any Error) async -> Set<TenantID> {
        let locked = await locked(among: suspects)
        guard !locked.isEmpty else { return [] }
        let begins = change { $0.hold(locked, for: cause) }
        if begins { Task.detached { await self.watch() } }
        return locked
    }

    /// Waits until a tenant is not held any more; calls `resume` at once where it is not.
    ///
    /// Fails with ``LedgerError/overloaded`` when too many wait.
    func wait(for tenant: TenantID, then resume: @escaping Completion) {
        let waiter = HeldState.Waiter(until: .now + patience, resume: resume)
        settle(change { $0.wait(waiter, for: tenant, as: $0.issueTicket()) }, of: waiter)
    }

    /// The same for a task.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func wait(for tenant: TenantID) async throws {
        let ticket = change { $0.issueTicket() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = HeldState.Waiter(until: .now + patience) { continuation.resume(with: $0) }
                let arrival = change { Task.isCancelled ? nil : $0.wait(waiter, for: tenant, as: ticket) }
                guard let arrival else { return continuation.resume(throwing: CancellationError()) }
                settle(arrival, of: waiter)
            }
        } onCancel: {
            change { $0.cancel(ticket, of: tenant) }?.resume(.failure(CancellationError()))
        }
    }

    /// Returns when no tenant is held. Once the pool is shut down that is soon.
    func idle() async {
        await withCheckedContinuation { continuation in
            if change({ $0.waitUntilIdle { continuation.resume() } }) { continuation.resume() }
        }
    }

    private func settle(_ arrival: HeldState.Arrival, of waiter: HeldState.Waiter) {
        switch arrival {
        case .waits: break
        case .isFree: waiter.resume(.success(()))
        case .refused: waiter.resume(.failure(LedgerError.overloaded))
        }
    }

    private func watch() async {
        var isOver = false
        while !isOver {
            // Nobody cancels this task: it ends when nothing is held.
            try? await Task.sleep(for: Self.interval)
            let asked = state.withLock { Set($0.causes.keys) }
            let free = asked.subtracting(await locked(among: asked))
            let turn = change { $0.turn(free: free, at: .now) }
            for (waiter, outcome) in turn.ended { waiter.resume(outcome) }
            for idler in turn.idlers { idler() }
            isOver = turn.isOver
        }
    }

    /// None where the database does not say: whoever waits is then told the reason by trying.
    private func locked(among tenants: Set<TenantID>) async -> Set<TenantID> {
        do { return try await look(tenants) } catch { return [] }
    }

    private func change<Result>(_ body: (inout sending HeldState) -> sending Result) -> sending Result {
        state.withLock { state in
            let result = body(&state)
            number.store(state.causes.count, ordering: .relaxed)
            return result
        }
    }
}

extension HeldTenants {
    /// Looks in the database, without waiting for a lock (SKIP LOCKED: PostgreSQL, SELECT, "The Locking Clause").
    ///
    /// A tenant may be locked by nothing but another batch, which waits for one that is held as this one did: until it
    /// gives up, and a little longer, requests wait.
    convenience init(pool: PostgresPool, maximumWaiting: Int) {
        let patience = (pool.lockTimeout ?? .seconds(5)) + .seconds(1)
        self.init(patience: patience, maximumWaiting: maximumWaiting) { tenants in
            let ids = tenants.map(\.rawValue)
            let rows = try await pool.query(
                """
                WITH free AS (
                    SELECT tenant_id FROM tenant_usage WHERE tenant_id = ANY (\(ids)) FOR SHARE SKIP LOCKED
                )
                SELECT tenant_id FROM tenant_usage
                WHERE tenant_id = ANY (\(ids)) AND tenant_id NOT IN (SELECT tenant_id FROM free)
                """)
            return Set(try rows.map { TenantID(try $0.decode("tenant_id", as: UUID.self)) })
        }
    }
}
