import Foundation
import Postgres
import TestSupport
import Testing
import TollgateCore

@testable import Ledger

/// A migrated database of its own for one test, with a tenant and a key.
struct LedgerFixture {
    /// A libpq URL of the database.
    let url: String
    let pool: PostgresPool
    let ledger: Ledger
    let tenant: Tenant
    let keyID: APIKeyID

    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let holding = Holding(graceSeconds: 60, windowSeconds: 3600)

    /// Lends the fixture, and closes its connections whatever happens.
    static func with<Result>(
        limits: TenantLimits = .standard, _ body: (LedgerFixture) async throws -> Result
    ) async throws -> Result {
        let url = try await TestCluster.shared.newDatabase()
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: url, maximumConnections: 4))
        do {
            _ = try await Migrator(pool: pool).migrate()
            let ledger = Ledger(pool: pool)
            let (tenant, key) = try await makeTenant("acme", limits: limits, in: ledger)
            let result = try await body(LedgerFixture(url: url, pool: pool, ledger: ledger, tenant: tenant, keyID: key))
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    static func makeTenant(
        _ slug: String, limits: TenantLimits = .standard, in ledger: Ledger
    ) async throws -> (Tenant, APIKeyID) {
        let tenant = Tenant(
            id: TenantID(UUID()), slug: try #require(Slug(slug)), name: try TenantName(slug), limits: limits,
            createdAt: now, suspendedAt: nil)
        let key = try makeKey(of: tenant.id)
        try await ledger.createTenant(tenant, firstKey: key)
        return (tenant, key.id)
    }

    static func makeKey(
        of tenant: TenantID?, scopes: ScopeSet = .tenantAdmin, expiresAt: Date? = nil
    ) throws -> StoredAPIKey {
        var generator = SystemRandomNumberGenerator()
        let key = APIKey.generate { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }
        return StoredAPIKey(
            id: APIKeyID(UUID()), publicID: key.publicID, tenantID: tenant, name: "test", hash: "$argon2id$test",
            scopes: scopes, constraints: .none, createdAt: now, createdBy: nil, expiresAt: expiresAt,
            revokedAt: nil, lastUsedAt: nil)
    }

    static func limits(_ change: (inout TenantLimitsDraft) -> Void) throws -> TenantLimits {
        var draft = TenantLimitsDraft()
        change(&draft)
        return try TenantLimits(draft)
    }

    /// A start of `bytes` declared bytes, not reserved yet.
    func newUpload(
        _ bytes: Int64, of other: Tenant? = nil, uploadedBy: String? = nil, metadata: [String: String] = [:],
        at now: Date = Self.now
    ) throws -> NewUpload {
        let tenant = other ?? tenant
        let id = UploadID(UUID())
        let expiresAt = now.addingTimeInterval(900)
        let key = try #require(ObjectKey("\(tenant.slug)/\(id).png"))
        return NewUpload(
            upload: Upload(
                id: id, tenantID: tenant.id, status: .pending, fileName: "a.png", fileType: try MediaType("image/png"),
                key: key, declaredBytes: bytes, allowedBytes: bytes...bytes, storedBytes: nil, checksum: nil,
                etag: nil, uploadedBy: uploadedBy, apiKeyID: keyID, reservedBytes: bytes, metadata: metadata,
                byForm: true, rejection: nil, createdAt: now, expiresAt: expiresAt, finishedAt: nil, deletedAt: nil),
            terms: Self.holding.pending(allowedBytes: bytes...bytes, expiresAt: expiresAt))
    }

    /// Finishes with an object of `bytes` bytes.
    func finish(_ new: NewUpload, bytes: Int64, at now: Date = Self.now) async throws -> Upload? {
        try await ledger.finish(
            new.upload.id, of: tenant.id, object: FinishedObject(bytes: bytes, etag: "e", checksum: nil),
            terms: Self.holding.finished(
                new.upload, storedBytes: bytes, storeVerifiesChecksums: true, at: now), at: now)
    }

    func withdraw(_ new: NewUpload, as withdrawal: Withdrawal, at now: Date = Self.now) async throws -> Upload? {
        try await ledger.withdraw(
            new.upload.id, of: tenant.id, as: withdrawal, terms: Self.holding.withdrawn(new.upload, at: now), at: now)
    }

    func usage(at now: Date = Self.now) async throws -> QuotaUsage {
        try await ledger.usage(of: tenant.id, at: now).usage
    }

    /// The counters are the sums of what they count: invariants 1 and 2.
    func requireExactCounters() async throws {
        let row = try #require(
            try await pool.query(
                """
                SELECT u.used_bytes = COALESCE((SELECT sum(size) FROM uploads
                        WHERE tenant_id = u.tenant_id AND status = 'finished'), 0) AS used_is_uploads,
                    u.used_bytes = COALESCE((SELECT sum(bytes_delta) FROM usage_entries
                        WHERE tenant_id = u.tenant_id), 0) AS used_is_entries,
                    u.used_objects = COALESCE((SELECT sum(objects_delta) FROM usage_entries
                        WHERE tenant_id = u.tenant_id), 0) AS objects_is_entries,
                    u.reserved_bytes = COALESCE((SELECT sum(reserved_bytes) FROM uploads
                        WHERE tenant_id = u.tenant_id), 0) AS reserved_is_uploads,
                    u.reserved_objects = COALESCE((SELECT sum(reserved_objects) FROM uploads
                        WHERE tenant_id = u.tenant_id), 0) AS reserved_objects_is_uploads,
                    u.pending_uploads = (SELECT count(*) FROM uploads
                        WHERE tenant_id = u.tenant_id AND status = 'pending') AS pending_is_uploads
                FROM tenant_usage AS u WHERE u.tenant_id = \(tenant.id.rawValue)
                """
            ).first)
        for column in [
            "used_is_uploads", "used_is_entries", "objects_is_entries", "reserved_is_uploads",
            "reserved_objects_is_uploads", "pending_is_uploads",
        ] {
            #expect(try row.decode(column, as: Bool.self), "\(column)")
        }
    }
}
