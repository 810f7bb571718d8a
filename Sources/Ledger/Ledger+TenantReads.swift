import Postgres
import TollgateCore

/// Reads for one tenant, with the second wall up: the server shows this tenant's rows alone, whatever the statement asks
/// for (migration 6; PostgreSQL, "Row Security Policies").
///
/// What a tenant's request reads to answer it goes through here. The exception is the row that a finish looks at first:
/// two more round trips would slow every finish.
extension Ledger {
    /// The setting that the policies look at; gone with the transaction.
    static let tenantSetting = "tollgate.tenant"

    /// Runs one statement in a transaction of this tenant.
    func read(for tenant: TenantID, _ sql: SQL) async throws -> PostgresRows {
        try await pool.withTransaction(readOnly: true, local: [Self.tenantSetting: tenant.description]) { connection in
            try await connection.query(sql)
        }
    }
}
