import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// One upload for a finish, without the second wall, read with those of the finishes that arrive at the same time: a
    /// statement of its own for each would take as many connections and round trips as there are finishes.
    ///
    /// The row is as it was at this call or later: no statement that was sent before answers it.
    /// - Returns: nil where this tenant has none of that id.
    /// - Throws: ``LedgerError/overloaded``; `PostgresError`.
    package func uploadToEnd(_ id: UploadID, of tenant: TenantID) async throws -> Upload? {
        try await looks.submit(UploadReference(tenant: tenant, id: id))
    }

    static func look(_ looks: [UploadReference], _ pool: PostgresPool) async throws -> [Upload?] {
        var found: [UploadReference: Upload] = [:]
        found.reserveCapacity(looks.count)
        for row in try await pool.query(select(looks)) {
            let upload = try Upload(row: row)
            found[UploadReference(upload)] = upload
        }
        return looks.map { found[$0] }
    }

    /// The arrays stand in subqueries so that PostgreSQL keeps one plan (see ``StartBatch``). A single look has its values
    /// where they are needed.
    static func select(_ looks: [UploadReference]) -> SQL {
        if let only = looks.first, looks.count == 1 { return selectUpload(only.id, of: only.tenant) }
        return """
            SELECT \(Upload.columns) FROM uploads
            JOIN unnest(
                (SELECT \(looks.map(\.tenant.rawValue))), (SELECT \(looks.map(\.id.rawValue)))
            ) AS look (tenant_id, id) USING (tenant_id, id)
            WHERE replaces IS NULL
            """
    }
}
