package import Foundation
import Postgres
package import TollgateCore

/// How an upload ends without counting any more.
package enum Withdrawal: Sendable {
    /// A pending upload that its tenant gave up.
    case abort
    /// A pending upload for which nothing came, or nothing that is kept.
    case expire
    /// A pending or finished upload whose object breaks its declaration.
    case reject(UploadRejection)
    /// A finished upload that its tenant removed.
    case delete

    fileprivate var status: UploadStatus {
        switch self {
        case .abort: .aborted
        case .expire: .expired
        case .reject: .rejected
        case .delete: .deleted
        }
    }

    /// The kind of the ledger entry, should the upload have counted.
    fileprivate var entryKind: String {
        switch self {
        case .abort, .expire, .delete: "delete"
        case .reject: "reject"
        }
    }

    fileprivate var rejection: UploadRejection? {
        if case .reject(let rejection) = self { rejection } else { nil }
    }

    /// The states it may come from (``UploadStatus``'s transitions).
    fileprivate var origins: [String] {
        UploadStatus.allCases.filter { $0.successors.contains(status) }.map(\.rawValue)
    }
}

extension Ledger {
    /// Ends an upload: what it used is given back with an entry in the ledger, what it still holds is set to `terms`.
    /// - Returns: nil where the upload's state rules it out; nothing has changed then.
    package func withdraw(
        _ id: UploadID, of tenant: TenantID, as withdrawal: Withdrawal, terms: Holding.Terms, at now: Date
    ) async throws -> Upload? {
        try await pool.query(
            """
            WITH held AS MATERIALIZED (
                SELECT status = 'pending' AS was_pending, status = 'finished' AS was_finished, size,
                    reserved_bytes, reserved_objects, uploaded_by, api_key_id
                FROM uploads
                WHERE tenant_id = \(tenant.rawValue) AND id = \(id.rawValue) AND status = ANY (\(withdrawal.origins))
                FOR UPDATE
            ), counted AS (
                UPDATE tenant_usage AS u
                SET used_bytes = u.used_bytes - CASE WHEN held.was_finished THEN held.size ELSE 0 END,
                    used_objects = u.used_objects - CASE WHEN held.was_finished THEN 1 ELSE 0 END,
                    reserved_bytes = u.reserved_bytes - held.reserved_bytes + \(terms.reservedBytes),
                    reserved_objects = u.reserved_objects - held.reserved_objects + \(Int64(terms.reservedObjects)),
                    pending_uploads = u.pending_uploads - CASE WHEN held.was_pending THEN 1 ELSE 0 END,
                    last_entry = u.last_entry + CASE WHEN held.was_finished THEN 1 ELSE 0 END
                FROM held
                WHERE u.tenant_id = \(tenant.rawValue)
                RETURNING u.last_entry, held.was_finished, held.size, held.uploaded_by, held.api_key_id
            ), entered AS (
                INSERT INTO usage_entries (
                    tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, uploaded_by, api_key_id)
                SELECT \(tenant.rawValue), last_entry, date_trunc('second', \(now)::timestamptz), \(withdrawal.entryKind),
                    -size, -1, \(id.rawValue), uploaded_by, api_key_id
                FROM counted
                WHERE was_finished
            ), ended AS (
                UPDATE uploads AS f
                SET status = \(withdrawal.status.rawValue),
                    reserved_bytes = \(terms.reservedBytes),
                    reserved_objects = \(Int64(terms.reservedObjects))::smallint,
                    next_look_at = \(orNull: terms.nextLookAt),
                    rejection_reason = \(orNull: withdrawal.rejection?.reason.rawValue),
                    rejection_detail = \(orNull: withdrawal.rejection?.detail),
                    deleted_at = CASE WHEN \(withdrawal.status == .deleted) THEN \(now)::timestamptz END
                FROM counted
                WHERE f.tenant_id = \(tenant.rawValue) AND f.id = \(id.rawValue)
                RETURNING f.*
            )
            SELECT \(Upload.columns) FROM ended
            """
        ).first.map(Upload.init(row:))
    }
}
