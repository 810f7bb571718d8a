import Foundation
import TollgateCore

/// A tenant, with its usage or its new key where there is one.
struct TenantReport: Report {
    let tenant: Tenant
    let usage: TenantUsage?
    let key: String?

    var members: [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(tenant.id.description)),
            ("slug", .string(tenant.slug.rawValue)),
            ("name", .string(tenant.name.rawValue)),
            ("suspended", .bool(tenant.suspendedAt != nil)),
            ("created_at", .string(RFC3339.format(tenant.createdAt))),
            ("limits", .object(limits)),
        ]
        if let usage { members.append(("usage", .object(figures(usage)))) }
        if let key { members.append(("key", .string(key))) }
        return members
    }

    private var limits: JSONObject {
        let limits = tenant.limits
        return JSONObject(members: [
            ("max_file_bytes", .optional(limits.maximumFileBytes)),
            ("min_file_bytes", .optional(Optional(limits.minimumFileBytes))),
            ("allowed_types", .array(limits.allowedTypes.map { .string($0.description) })),
            ("storage_quota_bytes", .optional(limits.storageQuotaBytes)),
            ("object_quota", .optional(limits.objectQuota)),
            ("monthly_upload_quota_bytes", .optional(limits.monthlyUploadQuotaBytes)),
            ("max_pending_uploads", .optional(limits.maximumPendingUploads)),
            ("url_expiry_seconds", .optional(Optional(limits.urlExpirySeconds))),
            ("undeclared_url_expiry_seconds", .optional(Optional(limits.undeclaredURLExpirySeconds))),
            ("requests_per_second", .optional(limits.requestsPerSecond)),
            ("unfinished", .string(limits.unfinished.rawValue)),
            ("verify_content", .string(limits.verifyContent.rawValue)),
        ])
    }

    private func figures(_ usage: TenantUsage) -> JSONObject {
        JSONObject(members: [
            ("used_bytes", .number("\(usage.usage.usedBytes)")),
            ("reserved_bytes", .number("\(usage.usage.reservedBytes)")),
            ("used_objects", .number("\(usage.usage.usedObjects)")),
            ("reserved_objects", .number("\(usage.usage.reservedObjects)")),
            ("pending_uploads", .number("\(usage.usage.pendingUploads)")),
            ("monthly_upload_bytes", .number("\(usage.usage.monthlyUploadBytes)")),
        ])
    }
}

/// A key; with its secret only at the moment it was made.
struct KeyReport: Report {
    let key: StoredAPIKey
    let secret: String?

    var members: [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(key.id.description)),
            ("name", .string(key.name)),
            ("hint", .string(key.publicID.hint)),
            ("scopes", .array(key.scopes.names.map { .string($0) })),
            ("created_at", .string(RFC3339.format(key.createdAt))),
            ("expires_at", .optional(key.expiresAt.map(RFC3339.format))),
            ("revoked_at", .optional(key.revokedAt.map(RFC3339.format))),
            ("last_used_at", .optional(key.lastUsedAt.map(RFC3339.format))),
        ]
        if let secret { members.append(("key", .string(secret))) }
        return members
    }
}
