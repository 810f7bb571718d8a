import Foundation
import ObjectStorage
import Postgres
import TollgateCore

@testable import TollgateServer

/// What is found wrong, with what led to it.
struct HistoryFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What database and store say of some tenants at one moment.
struct Observation: Sendable {
    struct Row: Sendable {
        let tenant: TenantID
        let id: UploadID
        let key: String
        let status: UploadStatus
        let size: Int64?
        let etag: String?
        let reservedBytes: Int64
        let reservedObjects: Int64
        let expiresAt: Date
        let nextLook: Date?
        let range: ClosedRange<Int64>
    }

    let rows: [UploadID: Row]
    /// By key.
    let objects: [String: ObjectPage.Entry]

    init(of tenants: [Tenant], in world: World) async throws {
        var rows: [UploadID: Row] = [:]
        for row in try await world.pool.query(
            """
            SELECT tenant_id, id, object_key, status, size, etag, reserved_bytes, reserved_objects, expires_at,
                next_look_at, min_bytes, max_bytes
            FROM uploads
            WHERE tenant_id = ANY (\(tenants.map(\.id.rawValue)))
            """)
        {
            let id = UploadID(try row.decode("id", as: UUID.self))
            guard let status = UploadStatus(rawValue: try row.decode("status", as: String.self)) else {
                throw HistoryFailure("an unknown status")
            }
            rows[id] = Row(
                tenant: TenantID(try row.decode("tenant_id", as: UUID.self)), id: id,
                key: try row.decode("object_key", as: String.self), status: status,
                size: try row.decode("size", as: Int64?.self), etag: try row.decode("etag", as: String?.self),
                reservedBytes: try row.decode("reserved_bytes", as: Int64.self),
                reservedObjects: Int64(try row.decode("reserved_objects", as: Int16.self)),
                expiresAt: try row.decode("expires_at", as: Date.self),
                nextLook: try row.decode("next_look_at", as: Date?.self),
                range: try row.decode("min_bytes", as: Int64.self)...row.decode("max_bytes", as: Int64.self))
        }
        self.rows = rows
        var objects: [String: ObjectPage.Entry] = [:]
        for tenant in tenants {
            let page = try await world.store.list(prefix: "\(tenant.slug)/", after: nil, limit: 1_000)
            for entry in page.entries { objects[entry.key.rawValue] = entry }
        }
        self.objects = objects
    }

    /// Whether row and object are as the model has them.
    func shows(_ upload: ModelUpload) -> Bool {
        guard let row = rows[upload.id] else { return false }
        let counts = row.status == .finished
        return row.status == upload.status && row.reservedBytes == upload.reservedBytes
            && row.reservedObjects == upload.reservedObjects && row.nextLook == upload.nextLook
            && row.expiresAt == upload.expiresAt && (counts ? row.size : nil) == upload.counted?.size
            && (counts ? row.etag : nil) == upload.counted?.etag
            && objects[upload.key.rawValue]?.etag == upload.object?.etag
    }

    func told(_ id: UploadID) -> String {
        guard let row = rows[id] else { return "no row" }
        return "\(row.status) size \(row.size ?? -1) etag \(row.etag ?? "-") reserved \(row.reservedBytes)/"
            + "\(row.reservedObjects) expires \(row.expiresAt.short) look \(row.nextLook?.short ?? "-") object "
            + (objects[row.key].map { "\($0.size) \($0.etag)" } ?? "-")
    }

    /// Invariant 5, once nothing is due any more: every object is a finished upload's, and the other way round.
    func requireSettled() throws {
        var left = objects
        for row in rows.values {
            guard row.status != .pending, row.nextLook == nil, row.reservedBytes == 0, row.reservedObjects == 0 else {
                throw HistoryFailure("never settled: \(told(row.id))")
            }
            let object = left.removeValue(forKey: row.key)
            let isRight = row.status == .finished ? object?.size == row.size && object?.etag == row.etag : object == nil
            guard isRight else { throw HistoryFailure("row and object disagree: \(told(row.id))") }
        }
        guard left.isEmpty else { throw HistoryFailure("objects without a row: \(left.keys.sorted())") }
    }

    /// What a form may bring is held as long as it can be used, and its grace: else it would be free storage.
    /// `forms` says when the last form of each upload expires.
    func requireHeld(_ forms: [UploadID: Date], at now: Date) throws {
        for (id, expiresAt) in forms where now < expiresAt + 60 {
            guard let row = rows[id] else { throw HistoryFailure("a ticket without a row: \(id)") }
            // With one size it can only bring what is counted already.
            let counted = row.status == .finished ? row.size ?? 0 : 0
            guard row.reservedBytes + counted >= row.range.upperBound, row.expiresAt >= expiresAt else {
                throw HistoryFailure(
                    "a form that lives until \(expiresAt.short) is not held at \(now.short): \(told(id))")
            }
        }
    }
}

extension Observation {
    /// Invariants 1 and 2, recounted by the database in one snapshot, and the numbers of the ledger without a gap.
    static func requireExactCounters(of tenants: [Tenant], in world: World) async throws {
        let wrong = try await world.pool.query(
            """
            SELECT u.tenant_id::text AS tenant, to_jsonb(u)::text AS counters, to_jsonb(s)::text AS sums,
                to_jsonb(e)::text AS entries
            FROM tenant_usage AS u
            CROSS JOIN LATERAL (
                SELECT COALESCE(sum(size) FILTER (WHERE status = 'finished'), 0) AS used_bytes,
                    count(*) FILTER (WHERE status = 'finished') AS used_objects,
                    COALESCE(sum(reserved_bytes), 0) AS reserved_bytes,
                    COALESCE(sum(reserved_objects), 0) AS reserved_objects,
                    count(*) FILTER (WHERE status = 'pending') AS pending_uploads
                FROM uploads WHERE tenant_id = u.tenant_id
            ) AS s
            CROSS JOIN LATERAL (
                SELECT COALESCE(sum(bytes_delta), 0) AS bytes, COALESCE(sum(objects_delta), 0) AS objects,
                    count(*) AS number, COALESCE(max(seq), 0) AS last
                FROM usage_entries WHERE tenant_id = u.tenant_id
            ) AS e
            WHERE u.tenant_id = ANY (\(tenants.map(\.id.rawValue)))
                AND ((u.used_bytes, u.used_objects, u.reserved_bytes, u.reserved_objects, u.pending_uploads)
                    IS DISTINCT FROM
                    (s.used_bytes, s.used_objects, s.reserved_bytes, s.reserved_objects, s.pending_uploads)
                    OR (u.used_bytes, u.used_objects, u.last_entry, u.last_entry)
                    IS DISTINCT FROM (e.bytes, e.objects, e.number, e.last))
            """)
        for row in wrong {
            let told = try ["counters", "sums", "entries"].map { name in
                "\(name) \(try row.decode(name, as: String.self))"
            }
            throw HistoryFailure("the counters are not the sums: \(told.joined(separator: ", "))")
        }
    }
}

extension Date {
    /// Seconds since the first moment of the histories, for a short report.
    var short: String { String(Int(timeIntervalSince(World.firstMoment))) }
}
