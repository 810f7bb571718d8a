import Foundation
import Postgres
import TollgateCore

/// Endings that are committed together, as arrays of their columns.
struct EndingBatch: Sendable {
    let endings: [Ending]

    init(_ endings: [Ending]) {
        self.endings = endings
    }

    /// Ends every upload whose state allows it, with its tenant's counters and its ledger entry, and answers those that
    /// were ended.
    ///
    /// Locks are taken in one order, first of uploads, then of counters, each in the order of the ids, so that no two
    /// batches wait for each other. Of two endings of one upload the first counts.
    var statement: SQL {
        """
        WITH request AS (
            SELECT DISTINCT ON (tenant_id, id) * FROM (\(rows)) AS all_requests ORDER BY tenant_id, id, place
        ), held AS MATERIALIZED (
            SELECT r.*, u.status = 'finished' AS was_finished, u.size AS old_bytes, u.reserved_bytes AS old_reserved_bytes,
                u.reserved_objects AS old_reserved_objects, u.api_key_id,
                COALESCE(r.late_uploaded_by, u.uploaded_by) AS uploaded_by
            FROM request AS r
            JOIN uploads AS u ON u.tenant_id = r.tenant_id AND u.id = r.id
            WHERE (u.status = 'pending' AND r.from_pending OR u.status = 'finished' AND r.from_finished)
                -- A form renewed meanwhile lives longer than the terms know.
                AND (r.form_expires_at IS NULL OR u.expires_at <= r.form_expires_at)
                -- What a sweeper saw is no reason to end what was replaced or taken by another meanwhile.
                AND (r.claimed_until IS NULL OR u.next_look_at = r.claimed_until)
            ORDER BY u.tenant_id, u.id
            FOR UPDATE OF u
        ), effect AS (
            SELECT *, was_finished OR new_bytes IS NOT NULL AS counts,
                COALESCE(new_bytes, 0) - CASE WHEN was_finished THEN old_bytes ELSE 0 END AS bytes_delta,
                CASE WHEN new_bytes IS NULL THEN 0 ELSE 1 END - was_finished::integer AS objects_delta,
                row_number() OVER (
                    PARTITION BY tenant_id, was_finished OR new_bytes IS NOT NULL ORDER BY place) AS entry_number
            FROM held
        ), total AS (
            SELECT tenant_id, sum(bytes_delta) AS bytes, sum(objects_delta) AS objects,
                sum(reserved_bytes - old_reserved_bytes) AS reserved_bytes,
                sum(reserved_objects - old_reserved_objects) AS reserved_objects,
                count(*) FILTER (WHERE NOT was_finished) AS pending, count(*) FILTER (WHERE counts) AS entries,
                COALESCE(sum(new_bytes), 0) AS uploaded_bytes,
                COALESCE(max(month) FILTER (WHERE new_bytes IS NOT NULL), '-infinity') AS month
            FROM effect
            GROUP BY tenant_id
        ), locked AS MATERIALIZED (
            SELECT tenant_id FROM tenant_usage
            WHERE tenant_id IN (SELECT tenant_id FROM total)
            ORDER BY tenant_id
            FOR UPDATE
        ), counted AS (
            UPDATE tenant_usage AS u
            SET used_bytes = u.used_bytes + t.bytes,
                used_objects = u.used_objects + t.objects,
                reserved_bytes = u.reserved_bytes + t.reserved_bytes,
                reserved_objects = u.reserved_objects + t.reserved_objects,
                pending_uploads = u.pending_uploads - t.pending,
                month = GREATEST(u.month, t.month),
                month_upload_bytes = t.uploaded_bytes
                    + CASE WHEN u.month >= t.month THEN u.month_upload_bytes ELSE 0 END,
                last_entry = u.last_entry + t.entries
            FROM locked
            JOIN total AS t USING (tenant_id)
            WHERE u.tenant_id = locked.tenant_id
            RETURNING u.tenant_id, u.last_entry - t.entries AS last_entry_before
        ), entered AS (
            INSERT INTO usage_entries (
                tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, uploaded_by, api_key_id)
            SELECT e.tenant_id, c.last_entry_before + e.entry_number, date_trunc('second', e.ended_at), e.entry_kind,
                e.bytes_delta, e.objects_delta, e.id, e.uploaded_by, e.api_key_id
            FROM effect AS e
            JOIN counted AS c USING (tenant_id)
            WHERE e.counts
        ), ended AS (
            UPDATE uploads AS f
            SET status = e.new_status,
                size = COALESCE(e.new_bytes, f.size),
                etag = COALESCE(e.new_etag, f.etag),
                file_name = COALESCE(e.late_file_name, f.file_name),
                uploaded_by = e.uploaded_by,
                checksum_sha256 = COALESCE(e.new_checksum, f.checksum_sha256),
                reserved_bytes = e.reserved_bytes,
                reserved_objects = e.reserved_objects,
                next_look_at = e.next_look_at,
                rejection_reason = e.rejection_reason,
                rejection_detail = e.rejection_detail,
                finished_at = CASE WHEN e.new_bytes IS NULL THEN f.finished_at ELSE e.ended_at END,
                deleted_at = CASE WHEN e.new_status = 'deleted' THEN e.ended_at END
            FROM effect AS e
            JOIN counted AS c USING (tenant_id)
            WHERE f.tenant_id = e.tenant_id AND f.id = e.id
            RETURNING f.*
        )
        SELECT \(Upload.columns) FROM ended
        """
    }

    private var rows: SQL {
        """
        SELECT *, first_of_month::date AS month
        FROM unnest(
            \(endings.map(\.tenant.rawValue)), \(endings.map(\.id.rawValue)), \(endings.map(\.status.rawValue)),
            \(endings.map { $0.mayCome(from: .pending) }), \(endings.map { $0.mayCome(from: .finished) }),
            \(endings.map(\.entryKind)), \(endings.map { $0.object?.bytes }), \(endings.map { $0.object?.etag }),
            \(endings.map { $0.object?.checksum?.bytes }), \(endings.map(\.names.fileName)),
            \(endings.map(\.names.uploadedBy)), \(endings.map { $0.rejection?.reason.rawValue }),
            \(endings.map { $0.rejection?.detail }), \(endings.map(\.terms.reservedBytes)),
            \(endings.map { Int16($0.terms.reservedObjects) }), \(endings.map(\.terms.nextLookAt)),
            \(endings.map(\.now)), \(endings.map { UsageMonth($0.now).firstDay }), \(endings.map(\.formExpiresAt)),
            \(endings.map(\.claimedUntil))
        ) WITH ORDINALITY AS r (
            tenant_id, id, new_status, from_pending, from_finished, entry_kind, new_bytes, new_etag, new_checksum,
            late_file_name, late_uploaded_by, rejection_reason, rejection_detail, reserved_bytes, reserved_objects,
            next_look_at, ended_at, first_of_month, form_expires_at, claimed_until, place)
        """
    }
}
