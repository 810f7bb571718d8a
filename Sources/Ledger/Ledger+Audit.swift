import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    /// Rows that are fetched at once.
    private static let page = 500

    /// Holds the data of one tenant, or of all, against the invariants that rows alone can prove, in one snapshot: uploads
    /// that start and end meanwhile do not show.
    ///
    /// Source: PostgreSQL, "Repeatable Read Isolation Level"; "DECLARE".
    /// - Parameters:
    ///   - tenant: nil for all tenants.
    ///   - receive: given each discrepancy as it is fetched; nothing is collected.
    /// - Throws: what `receive` throws; `PostgresError`; `CancellationError`.
    package func audit(
        of tenant: TenantID?, _ receive: @escaping @Sendable (Discrepancy) async throws -> Void
    ) async throws {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { connection in
            // It takes as long as there are rows to add up, all of which are wanted.
            try await connection.query("SET LOCAL statement_timeout = 0")
            try await connection.query("SET LOCAL cursor_tuple_fraction = 1")
            for (name, question) in AuditQuestions(tenant: tenant).all {
                try await connection.query("DECLARE \(identifier: name) NO SCROLL CURSOR FOR \(question)")
                var isComplete = false
                while !isComplete {
                    // A statement of its own for each cursor: the connection remembers what columns it has.
                    let rows = try await connection.query("FETCH 500 FROM \(identifier: name)")
                    for row in rows { try await receive(Discrepancy(row: row)) }
                    isComplete = rows.count < Self.page
                }
                try await connection.query("CLOSE \(identifier: name)")
            }
        }
    }
}

extension Discrepancy {
    fileprivate init(row: PostgresRow) throws {
        guard let check = Check(rawValue: try row.decode("check_name", as: String.self)) else {
            preconditionFailure("every question names a check")
        }
        self.init(
            check: check, tenantID: TenantID(try row.decode("tenant_id", as: UUID.self)),
            slug: try row.decode("slug", as: String.self),
            uploadID: try row.decode("upload_id", as: UUID?.self).map(UploadID.init(_:)),
            recorded: try row.decode("recorded", as: String?.self), actual: try row.decode("actual", as: String?.self))
    }
}
