package import Foundation
import Postgres
package import TollgateCore

extension Ledger {
    private static let counterNames = [
        "used_bytes", "used_objects", "reserved_bytes", "reserved_objects", "pending_uploads", "last_entry",
    ]

    /// Puts a tenant's ledger and counters right by what its uploads say, in one transaction.
    ///
    /// The uploads' rows are the truth: where the ledger's entries of an upload do not add up to what it uses, one more
    /// entry says the difference, and what was written stays. Everything is seen under the lock of the counters' row,
    /// which every change of uploads and entries takes: what is added up there cannot change before the commit. The
    /// tenant's starts and finishes wait for that long.
    ///
    /// What is held for ever is due at once; a pending upload only when its form's window by `holding` is over.
    /// - Returns: what was changed; nothing where all was well.
    /// - Throws: `PostgresError`, where a sum fits no counter for one.
    package func repair(_ tenant: TenantID, holding: Holding, at now: Date) async throws -> Repair {
        let span = Double(holding.graceSeconds) + Double(holding.windowSeconds)
        // By itself: uploads are locked before counters everywhere.
        let released = try await pool.execute(
            """
            UPDATE uploads
            SET next_look_at = CASE WHEN status = 'pending'
                THEN GREATEST(\(now), expires_at + make_interval(secs => \(span)))
                ELSE \(now) END
            WHERE tenant_id = \(tenant.rawValue) AND next_look_at IS NULL
                AND (reserved_bytes > 0 OR reserved_objects > 0 OR status = 'pending')
            """)
        return try await pool.withTransaction { connection in
            try await connection.query("SET LOCAL statement_timeout = 0")
            try await connection.query(
                "INSERT INTO tenant_usage (tenant_id) VALUES (\(tenant.rawValue)) ON CONFLICT DO NOTHING")
            let before = try await Self.lockedCounters(of: tenant, connection)
            let (corrections, bytes, objects) = try await Self.correct(tenant, at: now, connection)
            let after = try await Self.recount(tenant, connection)
            return Repair(
                corrections: corrections, bytes: bytes, objects: objects,
                counters: Self.counterNames.compactMap { name in
                    guard let old = before[name], let new = after[name], old != new else { return nil }
                    return Repair.Counter(name: name, before: old, after: new)
                },
                released: released)
        }
    }

    private static func lockedCounters(
        of tenant: TenantID, _ connection: PostgresConnection
    ) async throws -> [String: Int64] {
        try counters(
            try await connection.query(
                """
                SELECT used_bytes, used_objects, reserved_bytes, reserved_objects, pending_uploads, last_entry
                FROM tenant_usage
                WHERE tenant_id = \(tenant.rawValue)
                FOR UPDATE
                """))
    }

    private static func counters(_ rows: PostgresRows) throws -> [String: Int64] {
        guard let row = rows.first else { throw LedgerError.corrupt(table: "tenant_usage", column: "tenant_id") }
        var counters: [String: Int64] = [:]
        for name in counterNames { counters[name] = try row.decode(name, as: Int64.self) }
        return counters
    }

    /// An entry for every upload whose entries are not what it uses; one of no upload for those that name none. They are
    /// numbered behind all numbers that were ever given, so that entries that got lost stay missed. Where the last ones
    /// got lost and nothing is to be corrected, an entry of nothing keeps their numbers from being given again.
    private static func correct(
        _ tenant: TenantID, at now: Date, _ connection: PostgresConnection
    ) async throws -> (count: Int, bytes: String, objects: String) {
        let rows = try await connection.query(
            """
            WITH entered AS (
                SELECT upload_id, sum(bytes_delta) AS bytes, sum(objects_delta) AS objects
                FROM usage_entries
                WHERE tenant_id = \(tenant.rawValue)
                GROUP BY upload_id
            ), used AS (
                SELECT id, size AS bytes, uploaded_by, api_key_id
                FROM uploads
                WHERE tenant_id = \(tenant.rawValue) AND status = 'finished'
            ), correction AS (
                SELECT COALESCE(used.id, entered.upload_id) AS upload_id,
                    COALESCE(used.bytes, 0) - COALESCE(entered.bytes, 0) AS bytes,
                    CASE WHEN used.id IS NULL THEN 0 ELSE 1 END - COALESCE(entered.objects, 0) AS objects,
                    used.uploaded_by, used.api_key_id
                FROM used
                FULL JOIN entered ON entered.upload_id = used.id
            ), wrong AS (
                SELECT * FROM correction WHERE bytes <> 0 OR objects <> 0
            ), last AS (
                SELECT GREATEST(given, found) AS seq, given > found AS is_lost
                FROM (
                    SELECT (SELECT last_entry FROM tenant_usage WHERE tenant_id = \(tenant.rawValue)) AS given,
                        (SELECT COALESCE(max(seq), 0) FROM usage_entries WHERE tenant_id = \(tenant.rawValue)) AS found
                ) AS numbers
            ), due AS (
                SELECT upload_id, bytes, objects, uploaded_by, api_key_id FROM wrong
                UNION ALL
                SELECT NULL, 0, 0, NULL, NULL FROM last WHERE is_lost AND NOT EXISTS (SELECT FROM wrong)
            ), written AS (
                INSERT INTO usage_entries (
                    tenant_id, seq, at, kind, bytes_delta, objects_delta, upload_id, uploaded_by, api_key_id)
                SELECT \(tenant.rawValue), last.seq + row_number() OVER (ORDER BY c.upload_id),
                    date_trunc('second', \(now)::timestamptz), 'correction', c.bytes, c.objects, c.upload_id,
                    c.uploaded_by, c.api_key_id
                FROM due AS c
                CROSS JOIN last
                RETURNING bytes_delta, objects_delta
            )
            SELECT count(*) AS written, COALESCE(sum(bytes_delta), 0)::text AS bytes,
                COALESCE(sum(objects_delta), 0)::text AS objects
            FROM written
            """)
        guard let row = rows.first else { throw LedgerError.corrupt(table: "usage_entries", column: "seq") }
        return (
            Int(try row.decode("written", as: Int64.self)), try row.decode("bytes", as: String.self),
            try row.decode("objects", as: String.self)
        )
    }

    private static func recount(
        _ tenant: TenantID, _ connection: PostgresConnection
    ) async throws -> [String: Int64] {
        try counters(
            try await connection.query(
                """
                UPDATE tenant_usage AS c
                SET used_bytes = u.used_bytes,
                    used_objects = u.used_objects,
                    reserved_bytes = u.reserved_bytes,
                    reserved_objects = u.reserved_objects,
                    pending_uploads = u.pending_uploads,
                    last_entry = e.newest
                FROM (
                    SELECT COALESCE(sum(size) FILTER (WHERE status = 'finished'), 0) AS used_bytes,
                        count(*) FILTER (WHERE status = 'finished') AS used_objects,
                        COALESCE(sum(reserved_bytes), 0) AS reserved_bytes,
                        COALESCE(sum(reserved_objects), 0) AS reserved_objects,
                        count(*) FILTER (WHERE status = 'pending') AS pending_uploads
                    FROM uploads
                    WHERE tenant_id = \(tenant.rawValue)
                ) AS u, (
                    SELECT COALESCE(max(seq), 0) AS newest FROM usage_entries WHERE tenant_id = \(tenant.rawValue)
                ) AS e
                WHERE c.tenant_id = \(tenant.rawValue)
                RETURNING c.used_bytes, c.used_objects, c.reserved_bytes, c.reserved_objects, c.pending_uploads,
                    c.last_entry
                """))
    }
}
