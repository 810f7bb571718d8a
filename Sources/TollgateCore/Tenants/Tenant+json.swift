extension Tenant {
    /// A tenant as every interface shows it: API, command line, audit log.
    package var json: JSONObject {
        JSONObject(members: [
            ("id", .string(id.description)),
            ("slug", .string(slug.rawValue)),
            ("name", .string(name.rawValue)),
            ("suspended", .bool(suspendedAt != nil)),
            ("created_at", .string(RFC3339.format(createdAt))),
            ("limits", .object(limits.json)),
        ])
    }
}

extension TenantLimits {
    /// All limits by their names of the API; `null` is unlimited.
    package var json: JSONObject {
        JSONObject(members: [
            ("max_file_bytes", .optional(maximumFileBytes)),
            ("min_file_bytes", .optional(Optional(minimumFileBytes))),
            ("allowed_types", .array(allowedTypes.map { .string($0.description) })),
            ("storage_quota_bytes", .optional(storageQuotaBytes)),
            ("object_quota", .optional(objectQuota)),
            ("monthly_upload_quota_bytes", .optional(monthlyUploadQuotaBytes)),
            ("max_pending_uploads", .optional(maximumPendingUploads)),
            ("url_expiry_seconds", .optional(Optional(urlExpirySeconds))),
            ("undeclared_url_expiry_seconds", .optional(Optional(undeclaredURLExpirySeconds))),
            ("requests_per_second", .optional(requestsPerSecond)),
            ("unfinished", .string(unfinished.rawValue)),
            ("verify_content", .string(verifyContent.rawValue)),
        ])
    }
}
