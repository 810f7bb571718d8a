import Foundation
import Postgres
import Synchronization
import TollgateCore

/// The tenants whose counters somebody else was seen to hold for long: a repair that adds up their rows, for one.
///
/// Empty nearly always, which every change of every upload asks.
final class HeldTenants: Sendable {
    private let number = Atomic(0)
    private let tenants = Mutex<Set<TenantID>>([])

    var count: Int { number.load(ordering: .relaxed) }

    func contains(_ tenant: TenantID) -> Bool {
        count > 0 && tenants.withLock { $0.contains(tenant) }
    }

    /// Those of them that are held.
    func among(_ some: some Sequence<TenantID>) -> Set<TenantID> {
        count > 0 ? tenants.withLock { $0.intersection(some) } : []
    }

    func insert(_ held: Set<TenantID>) {
        tenants.withLock { tenants in
            tenants.formUnion(held)
            number.store(tenants.count, ordering: .relaxed)
        }
    }

    /// Once a change of theirs was committed.
    func remove(_ tenant: TenantID) {
        guard count > 0 else { return }
        tenants.withLock { tenants in
            tenants.remove(tenant)
            number.store(tenants.count, ordering: .relaxed)
        }
    }

    /// The tenants whose counters are locked at this moment, without waiting for them. SKIP LOCKED: PostgreSQL, SELECT,
    /// "The Locking Clause".
    static func locked(_ tenants: Set<TenantID>, _ pool: PostgresPool) async throws -> Set<TenantID> {
        let rows = try await pool.query(
            """
            SELECT tenant_id FROM tenant_usage
            WHERE tenant_id = ANY (\(tenants.map(\.rawValue)))
            FOR SHARE SKIP LOCKED
            """)
        return tenants.subtracting(try rows.map { TenantID(try $0.decode("tenant_id", as: UUID.self)) })
    }
}
