package import Foundation
import Postgres
import Prometheus
package import TollgateCore

/// Whether a start was admitted, with the figures that say so.
enum Admission: Sendable {
    /// The tenant's counters once its batch was committed.
    case admitted(TenantUsage)
    case refused(QuotaExceeded)
    /// Its idempotency key stands for a start that was admitted before.
    case repeated
    /// It could not be decided, though others of its batch were.
    case failed(any Error)
}

extension Ledger {
    /// Reserves what an upload may use and inserts it: both or neither, committed with the starts that arrive at the same
    /// time.
    /// - Returns: the tenant's counters with this reservation.
    /// - Throws: ``QuotaExceeded`` with the figures; ``IdempotencyKeyTaken``; ``LedgerError/overloaded``.
    package func reserve(_ new: NewUpload) async throws -> TenantUsage {
        try usage(of: await starts.submit(new))
    }

    /// The same without a task: calls `answer` once, on whichever thread, when it is committed or refused. The next batch
    /// waits until it returns.
    package func reserve(
        _ new: NewUpload, then answer: @escaping @Sendable (Result<TenantUsage, any Error>) -> Void
    ) {
        starts.submit(new) { result in
            answer(Result { try usage(of: result.get()) })
        }
    }

    private func usage(of admission: Admission) throws -> TenantUsage {
        switch admission {
        case .admitted(let usage): return usage
        case .refused(let exceeded):
            refusals.counter(of: exceeded.name).increment()
            throw exceeded
        case .repeated: throw IdempotencyKeyTaken()
        case .failed(let error): throw error
        }
    }

    /// Decides and commits a batch: first, in one statement, for all tenants with room for everything they ask for; then
    /// one by one for the others, so that a refused large request never costs a small one its place.
    static func commit(_ batch: StartBatch, _ pool: PostgresPool) async throws -> [Admission] {
        let repeats = batch.repeats
        guard repeats.isEmpty else { return try await commit(batch, repeats, pool) }
        let admitted: [TenantID: TenantUsage]
        do {
            admitted = try usages(try await pool.query(batch.statement))
        } catch let error as PostgresError where error.constraint == StartBatch.idempotencyKeyTaken {
            // Nothing was committed. One by one it can be told whose key it is.
            admitted = [:]
        }
        let rest = batch.requests.filter { admitted[$0.upload.tenantID] == nil }
        var decided: [UploadID: Admission] = [:]
        if !rest.isEmpty {
            do {
                decided = try await decideOneByOne(StartBatch(rest), pool)
            } catch {
                // Where others are committed already, what failed here is not theirs, and they must not be tried again.
                guard !admitted.isEmpty else { throw error }
                for request in rest { decided[request.upload.id] = .failed(error) }
            }
        }
        return batch.requests.map { request in
            if let usage = admitted[request.upload.tenantID] { return .admitted(usage) }
            guard let admission = decided[request.upload.id] else {
                // Its tenant's quotas changed at every look. Others are committed already.
                return .failed(LedgerError.overloaded)
            }
            return admission
        }
    }

    private static func decideOneByOne(_ batch: StartBatch, _ pool: PostgresPool) async throws -> [UploadID: Admission]
    {
        try await pool.withTransaction { connection in
            var decided: [UploadID: Admission] = [:]
            // The counters are locked from the first look on, the quotas are not: where one was lowered between the look
            // and the reservation, it is decided again.
            for _ in 0..<looks {
                let open = batch.requests.filter { decided[$0.upload.id] == nil }
                if open.isEmpty { break }
                decided.merge(try await decideOnce(StartBatch(open), connection)) { first, _ in first }
            }
            return decided
        }
    }

    /// How often quotas may change while a batch is decided.
    private static let looks = 5

    /// Leaves out tenants whose requests were admitted by quotas that are not in force any more.
    private static func decideOnce(
        _ batch: StartBatch, _ connection: isolated PostgresConnection
    ) async throws -> [UploadID: Admission] {
        var figures = try usages(try await connection.query(lockedUsage(of: batch)))
        // Seen for sure, since whoever remembers a key of these tenants had their counters locked.
        let repeated = try await takenKeys(of: batch, connection)
        var decided: [UploadID: Admission] = [:]
        for id in repeated { decided[id] = .repeated }
        for request in batch.requests where !repeated.contains(request.upload.id) {
            let upload = request.upload
            guard let now = figures[upload.tenantID] else {
                decided[upload.id] = .failed(LedgerError.corrupt(table: "tenant_usage", column: "tenant_id"))
                continue
            }
            do throws(QuotaExceeded) {
                let after = try now.usage.admit(QuotaDemand(request.terms), limits: now.limits)
                figures[upload.tenantID] = TenantUsage(usage: after, limits: now.limits)
            } catch {
                decided[upload.id] = .refused(error)
            }
        }
        let admitted = StartBatch(batch.requests.filter { decided[$0.upload.id] == nil })
        guard !admitted.requests.isEmpty else { return decided }
        let usages = try usages(try await connection.query(admitted.statement))
        for request in admitted.requests {
            let tenant = request.upload.tenantID
            if let usage = usages[tenant] {
                decided[request.upload.id] = .admitted(usage)
            } else {
                // What was refused for the room that these would have taken is open again with them.
                for other in batch.requests where other.upload.tenantID == tenant { decided[other.upload.id] = nil }
            }
        }
        return decided
    }

    private static func lockedUsage(of batch: StartBatch) -> SQL {
        let month = batch.requests.map(\.upload.createdAt).max().map(UsageMonth.init) ?? UsageMonth(.distantPast)
        return """
            SELECT u.tenant_id, u.used_bytes, u.used_objects, u.reserved_bytes, u.reserved_objects, u.pending_uploads,
                CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END
                    AS month_upload_bytes,
                t.storage_quota_bytes, t.object_quota, t.max_pending_uploads, t.monthly_upload_quota_bytes
            FROM tenant_usage AS u
            JOIN tenants AS t ON t.id = u.tenant_id
            WHERE u.tenant_id = ANY (\(batch.tenants))
            ORDER BY u.tenant_id
            FOR UPDATE OF u
            """
    }

    private static func usages(_ rows: PostgresRows) throws -> [TenantID: TenantUsage] {
        var usages: [TenantID: TenantUsage] = [:]
        for row in rows { usages[TenantID(try row.decode("tenant_id", as: UUID.self))] = try TenantUsage(row: row) }
        return usages
    }

    /// A tenant's counters beside its quotas, as they are now.
    package func usage(of tenant: TenantID, at now: Date) async throws -> TenantUsage {
        let month = UsageMonth(now)
        let rows = try await read(
            for: tenant,
            """
            SELECT u.used_bytes, u.used_objects, u.reserved_bytes, u.reserved_objects, u.pending_uploads,
                CASE WHEN u.month >= \(month.firstDay)::date THEN u.month_upload_bytes ELSE 0 END
                    AS month_upload_bytes,
                t.storage_quota_bytes, t.object_quota, t.max_pending_uploads, t.monthly_upload_quota_bytes
            FROM tenant_usage AS u
            JOIN tenants AS t ON t.id = u.tenant_id
            WHERE u.tenant_id = \(tenant.rawValue)
            """)
        guard let row = rows.first else { throw LedgerError.corrupt(table: "tenant_usage", column: "tenant_id") }
        return try TenantUsage(row: row)
    }
}
