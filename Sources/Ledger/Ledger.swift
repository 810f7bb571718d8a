package import Postgres
import Prometheus
import TollgateCore

/// All that Tollgate knows of tenants, keys and uploads, in PostgreSQL. The only place with SQL.
///
/// One file a group of queries. Every statement of a tenant names its `tenant_id`. Changes of an upload and of the
/// tenant's counters are one statement, so that they commit together or not at all. The changes that uploads come in
/// for all the time are committed in groups; see ``GroupCommit``.
package struct Ledger: Sendable {
    let pool: PostgresPool
    let starts: TenantCommits<NewUpload, Admission>
    let endings: TenantCommits<Ending, Upload?>
    let looks: GroupCommit<UploadReference, Upload?>
    let held: HeldTenants
    let auditIDs = AuditEntryIDs()
    let refusals = QuotaRefusals()

    /// Requests that one commit takes at most: beyond a hundred or so the server's work a row is all that counts.
    private static let maximumBatch = 128
    /// Requests that may wait for a commit: a second's worth at full speed.
    private static let maximumWaiting = 8_192

    package init(pool: PostgresPool) { self.init(pool: pool, maximumWaiting: Self.maximumWaiting) }

    init(pool: PostgresPool, maximumWaiting: Int) {
        self.pool = pool
        held = HeldTenants(pool: pool, maximumWaiting: maximumWaiting)
        starts = TenantCommits(
            held: held, maximumBatch: Self.maximumBatch, maximumWaiting: maximumWaiting,
            isOfOneRequest: Self.isOfOneRequest, tenant: { $0.upload.tenantID }
        ) { batch in
            try await Self.commit(StartBatch(batch), pool)
        }
        endings = TenantCommits(
            held: held, maximumBatch: Self.maximumBatch, maximumWaiting: maximumWaiting,
            isOfOneRequest: Self.isOfOneRequest, tenant: \.tenant
        ) { batch in
            try await Self.commit(EndingBatch(batch), pool)
        }
        looks = GroupCommit(
            maximumBatch: Self.maximumBatch, maximumWaiting: maximumWaiting,
            isOfOneRequest: { !($0 is PostgresError) }
        ) { batch in
            try await Self.look(batch, pool)
        }
    }

    /// Returns when nothing is being committed. Once the pool is shut down that is soon.
    package func idle() async {
        await starts.idle()
        await endings.idle()
        await looks.idle()
    }

    /// Answers when the database does.
    package func ping() async throws {
        _ = try await pool.query("SELECT 1 AS alive")
    }

    /// 22 is a value that does not fit, 23 a violated constraint (PostgreSQL, Appendix A): the row's fault. Everything
    /// else, a time-out for one, would meet each request again.
    private static func isOfOneRequest(_ error: any Error) -> Bool {
        guard case PostgresError.server(let error) = error else { return false }
        return ["22", "23"].contains(error.sqlState.conditionClass)
    }
}
