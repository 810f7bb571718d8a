import Postgres
import TollgateCore

/// The statements that hold the data against its invariants. Each answers a row a discrepancy, with the columns
/// `tenant_id`, `slug`, `upload_id`, `check_name`, `recorded`, `actual`; nothing where all is well.
struct AuditQuestions {
    /// nil: all tenants.
    let tenant: TenantID?

    /// In the order of the invariants; the name is that of a cursor.
    var all: [(name: String, question: SQL)] {
        [
            ("audit_counters", counters), ("audit_entries", entries), ("audit_quotas", quotas),
            ("audit_uploads", uploads),
        ]
    }

    private func only(_ column: SQL) -> SQL {
        guard let tenant else { return "TRUE" }
        return "\(column) = \(tenant.rawValue)"
    }

    /// The counters and the ledger's sums against the uploads. The sums are numeric, so that none of them overflows.
    private var counters: SQL {
        """
        SELECT t.id AS tenant_id, t.slug, NULL::uuid AS upload_id, figure.name AS check_name,
            figure.recorded::text AS recorded, figure.actual::text AS actual
        FROM tenants AS t
        LEFT JOIN tenant_usage AS c ON c.tenant_id = t.id
        LEFT JOIN (
            SELECT tenant_id, sum(size) FILTER (WHERE status = 'finished') AS used_bytes,
                count(*) FILTER (WHERE status = 'finished') AS used_objects,
                sum(reserved_bytes) AS reserved_bytes, sum(reserved_objects) AS reserved_objects,
                count(*) FILTER (WHERE status = 'pending') AS pending_uploads
            FROM uploads
            WHERE \(only("tenant_id"))
            GROUP BY tenant_id
        ) AS u ON u.tenant_id = t.id
        LEFT JOIN (
            SELECT tenant_id, sum(bytes_delta) AS bytes, sum(objects_delta) AS objects, max(seq) AS newest
            FROM usage_entries
            WHERE \(only("tenant_id"))
            GROUP BY tenant_id
        ) AS e ON e.tenant_id = t.id
        CROSS JOIN LATERAL (
            VALUES ('used_bytes', c.used_bytes, COALESCE(u.used_bytes, 0)),
                ('used_objects', c.used_objects, COALESCE(u.used_objects, 0)),
                ('ledger_bytes', COALESCE(e.bytes, 0), COALESCE(u.used_bytes, 0)),
                ('ledger_objects', COALESCE(e.objects, 0), COALESCE(u.used_objects, 0)),
                ('reserved_bytes', c.reserved_bytes, COALESCE(u.reserved_bytes, 0)),
                ('reserved_objects', c.reserved_objects, COALESCE(u.reserved_objects, 0)),
                ('pending_uploads', c.pending_uploads, COALESCE(u.pending_uploads, 0)),
                ('last_entry', c.last_entry, COALESCE(e.newest, 0))
        ) AS figure (name, recorded, actual)
        WHERE \(only("t.id")) AND figure.recorded IS DISTINCT FROM figure.actual
        ORDER BY t.slug, figure.name
        """
    }

    /// Numbers without gaps, and running sums that are never negative: a sum is told where it becomes so.
    private var entries: SQL {
        """
        SELECT t.id AS tenant_id, t.slug, entry.upload_id, finding.name AS check_name,
            finding.recorded::text AS recorded, finding.actual::text AS actual
        FROM (
            SELECT tenant_id, seq, upload_id, bytes_delta, objects_delta,
                lag(seq, 1, 0::bigint) OVER running AS previous, sum(bytes_delta) OVER running AS bytes,
                sum(objects_delta) OVER running AS objects
            FROM usage_entries
            WHERE \(only("tenant_id"))
            WINDOW running AS (PARTITION BY tenant_id ORDER BY seq)
        ) AS entry
        JOIN tenants AS t ON t.id = entry.tenant_id
        CROSS JOIN LATERAL (
            VALUES ('missing_entries', entry.seq <> entry.previous + 1, entry.previous, entry.seq::numeric),
                ('negative_bytes', entry.bytes < 0 AND entry.bytes - entry.bytes_delta >= 0, entry.seq, entry.bytes),
                ('negative_objects', entry.objects < 0 AND entry.objects - entry.objects_delta >= 0, entry.seq,
                    entry.objects)
        ) AS finding (name, found, recorded, actual)
        WHERE finding.found
        ORDER BY t.slug, entry.seq
        """
    }

    private var quotas: SQL {
        """
        SELECT t.id AS tenant_id, t.slug, NULL::uuid AS upload_id, quota.name AS check_name,
            quota.allowed::text AS recorded, quota.taken::text AS actual
        FROM tenants AS t
        JOIN tenant_usage AS c ON c.tenant_id = t.id
        CROSS JOIN LATERAL (
            VALUES ('over_storage_quota', t.storage_quota_bytes, c.used_bytes::numeric + c.reserved_bytes),
                ('over_object_quota', t.object_quota, c.used_objects::numeric + c.reserved_objects)
        ) AS quota (name, allowed, taken)
        WHERE \(only("t.id")) AND quota.taken > quota.allowed
        ORDER BY t.slug, quota.name
        """
    }

    /// Each upload against its own entries. Where a correction was written, the kinds of the others prove nothing any
    /// more.
    private var uploads: SQL {
        """
        SELECT t.id AS tenant_id, t.slug, COALESCE(upload.id, entered.upload_id) AS upload_id,
            finding.name AS check_name, finding.recorded, finding.actual
        FROM (
            SELECT tenant_id, id, status, reserved_bytes, reserved_objects, next_look_at, finished_at, deleted_at,
                CASE WHEN status = 'finished' THEN size ELSE 0 END AS bytes,
                (status = 'finished')::integer AS objects,
                (status IN ('finished', 'deleted') OR status = 'rejected' AND finished_at IS NOT NULL)::integer
                    AS finishes,
                (status = 'deleted' OR status = 'rejected' AND finished_at IS NOT NULL)::integer AS endings
            FROM uploads
            WHERE \(only("tenant_id"))
        ) AS upload
        FULL JOIN (
            SELECT tenant_id, upload_id, sum(bytes_delta) AS bytes, sum(objects_delta) AS objects,
                count(*) FILTER (WHERE kind = 'finish') AS finishes,
                count(*) FILTER (WHERE kind IN ('delete', 'reject')) AS endings,
                bool_or(kind = 'correction') AS corrected
            FROM usage_entries
            WHERE \(only("tenant_id"))
            GROUP BY tenant_id, upload_id
        ) AS entered ON entered.tenant_id = upload.tenant_id AND entered.upload_id = upload.id
        JOIN tenants AS t ON t.id = COALESCE(upload.tenant_id, entered.tenant_id)
        CROSS JOIN LATERAL (
            VALUES ('upload_bytes', COALESCE(entered.bytes, 0) <> COALESCE(upload.bytes, 0),
                    COALESCE(entered.bytes, 0)::text, COALESCE(upload.bytes, 0)::text),
                ('upload_objects', COALESCE(entered.objects, 0) <> COALESCE(upload.objects, 0),
                    COALESCE(entered.objects, 0)::text, COALESCE(upload.objects, 0)::text),
                ('held_forever', upload.next_look_at IS NULL
                    AND (upload.reserved_bytes > 0 OR upload.reserved_objects > 0 OR upload.status = 'pending'),
                    upload.reserved_bytes::text, NULL),
                ('missing_upload', upload.id IS NULL AND entered.upload_id IS NOT NULL, NULL, NULL),
                ('history', entered.corrected IS NOT TRUE
                    AND (COALESCE(entered.finishes, 0) <> upload.finishes
                        OR COALESCE(entered.endings, 0) <> upload.endings),
                    upload.status,
                    format('%s of a finish, %s of an end', COALESCE(entered.finishes, 0), COALESCE(entered.endings, 0))),
                ('dates', (upload.status = 'deleted') <> (upload.deleted_at IS NOT NULL), upload.status,
                    CASE WHEN upload.deleted_at IS NULL THEN 'no time of a delete' ELSE 'a time of a delete' END),
                ('dates', CASE WHEN upload.status IN ('finished', 'deleted') THEN upload.finished_at IS NULL
                        WHEN upload.status IN ('pending', 'aborted', 'expired') THEN upload.finished_at IS NOT NULL
                        ELSE FALSE END, upload.status,
                    CASE WHEN upload.finished_at IS NULL THEN 'no time of a finish' ELSE 'a time of a finish' END)
        ) AS finding (name, found, recorded, actual)
        WHERE finding.found
        ORDER BY t.slug, COALESCE(upload.id, entered.upload_id), finding.name
        """
    }
}
