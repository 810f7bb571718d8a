import Foundation
import Postgres
import TollgateCore

extension Tenant {
    /// The columns that ``init(row:prefix:)`` reads.
    static let columns: SQL = """
        id, slug, name, created_at, suspended_at, max_file_bytes, min_file_bytes, allowed_types, storage_quota_bytes,
        object_quota, monthly_upload_quota_bytes, max_pending_uploads, url_expiry_seconds,
        undeclared_url_expiry_seconds, requests_per_second, unfinished, verify_content
        """

    /// The same beside another table's columns.
    static let joinedColumns: SQL = """
        tenants.id AS tenant_row_id, tenants.slug AS tenant_row_slug, tenants.name AS tenant_row_name,
        tenants.created_at AS tenant_row_created_at, tenants.suspended_at AS tenant_row_suspended_at,
        tenants.max_file_bytes AS tenant_row_max_file_bytes, tenants.min_file_bytes AS tenant_row_min_file_bytes,
        tenants.allowed_types AS tenant_row_allowed_types,
        tenants.storage_quota_bytes AS tenant_row_storage_quota_bytes,
        tenants.object_quota AS tenant_row_object_quota,
        tenants.monthly_upload_quota_bytes AS tenant_row_monthly_upload_quota_bytes,
        tenants.max_pending_uploads AS tenant_row_max_pending_uploads,
        tenants.url_expiry_seconds AS tenant_row_url_expiry_seconds,
        tenants.undeclared_url_expiry_seconds AS tenant_row_undeclared_url_expiry_seconds,
        tenants.requests_per_second AS tenant_row_requests_per_second, tenants.unfinished AS tenant_row_unfinished,
        tenants.verify_content AS tenant_row_verify_content
        """

    init(row: PostgresRow) throws { try self.init(row: row, prefix: "") }

    init(row: PostgresRow, prefix: String) throws {
        func column<Value: PostgresDecodable>(_ name: String, _ type: Value.Type) throws -> Value {
            try row.decode(prefix + name, as: type)
        }
        guard let slug = Slug(try column("slug", String.self)) else {
            throw LedgerError.corrupt(table: "tenants", column: "slug")
        }
        var draft = TenantLimitsDraft()
        draft.maximumFileBytes = try column("max_file_bytes", Int64?.self)
        draft.minimumFileBytes = try column("min_file_bytes", Int64.self)
        draft.allowedTypes = try column("allowed_types", [String].self)
        draft.storageQuotaBytes = try column("storage_quota_bytes", Int64?.self)
        draft.objectQuota = try column("object_quota", Int64?.self)
        draft.monthlyUploadQuotaBytes = try column("monthly_upload_quota_bytes", Int64?.self)
        draft.maximumPendingUploads = try column("max_pending_uploads", Int64?.self)
        draft.urlExpirySeconds = Int64(try column("url_expiry_seconds", Int32.self))
        draft.undeclaredURLExpirySeconds = Int64(try column("undeclared_url_expiry_seconds", Int32.self))
        draft.requestsPerSecond = try column("requests_per_second", Int32?.self).map(Int64.init)
        draft.unfinished = try column("unfinished", String.self)
        draft.verifyContent = try column("verify_content", String.self)
        let limits: TenantLimits
        do {
            limits = try TenantLimits(draft)
        } catch {
            throw LedgerError.corrupt(table: "tenants", column: error.problems.map(\.pointer).joined(separator: ", "))
        }
        self.init(
            id: TenantID(try column("id", UUID.self)), slug: slug,
            name: try TenantName(try column("name", String.self)),
            limits: limits, createdAt: try column("created_at", Date.self),
            suspendedAt: try column("suspended_at", Date?.self))
    }
}

extension StoredAPIKey {
    /// The columns that ``init(row:)`` reads.
    static let columns: SQL = """
        api_keys.id, api_keys.public_id, api_keys.tenant_id, api_keys.name, api_keys.hash, api_keys.scopes,
        api_keys.max_file_bytes, api_keys.allowed_types, api_keys.created_at, api_keys.created_by,
        api_keys.expires_at, api_keys.revoked_at, api_keys.last_used_at
        """

    init(row: PostgresRow) throws {
        let scopes: ScopeSet
        let constraints: KeyConstraints
        do {
            scopes = try ScopeSet(names: try row.decode("scopes", as: [String].self))
            constraints = try KeyConstraints(
                maximumFileBytes: try row.decode("max_file_bytes", as: Int64?.self),
                allowedTypes: try row.decode("allowed_types", as: [String]?.self))
        } catch is UnknownScope {
            throw LedgerError.corrupt(table: "api_keys", column: "scopes")
        } catch is InvalidMembers {
            throw LedgerError.corrupt(table: "api_keys", column: "max_file_bytes, allowed_types")
        }
        guard let publicID = APIKeyPublicID(try row.decode("public_id", as: String.self)) else {
            throw LedgerError.corrupt(table: "api_keys", column: "public_id")
        }
        self.init(
            id: APIKeyID(try row.decode("id", as: UUID.self)),
            publicID: publicID,
            tenantID: try row.decode("tenant_id", as: UUID?.self).map(TenantID.init(_:)),
            name: try row.decode("name", as: String.self),
            hash: try row.decode("hash", as: String.self),
            scopes: scopes,
            constraints: constraints,
            createdAt: try row.decode("created_at", as: Date.self),
            createdBy: try row.decode("created_by", as: UUID?.self).map(APIKeyID.init(_:)),
            expiresAt: try row.decode("expires_at", as: Date?.self),
            revokedAt: try row.decode("revoked_at", as: Date?.self),
            lastUsedAt: try row.decode("last_used_at", as: Date?.self))
    }
}
