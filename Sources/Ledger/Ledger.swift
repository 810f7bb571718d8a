package import Postgres

/// All that Tollgate knows of tenants, keys and uploads, in PostgreSQL. The only place with SQL.
///
/// One file a group of queries. Every statement of a tenant names its `tenant_id`. Changes of an upload and of the
/// tenant's counters are one statement, so that they commit together or not at all.
package struct Ledger: Sendable {
    let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Answers when the database does.
    package func ping() async throws {
        _ = try await pool.query("SELECT 1 AS alive")
    }
}
