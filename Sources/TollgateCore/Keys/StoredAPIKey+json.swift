extension StoredAPIKey {
    /// A key as the API and the audit log show it: neither its secret nor the hash of it.
    package var json: JSONObject {
        JSONObject(members: [
            ("id", .string(id.description)),
            ("name", .string(name)),
            ("hint", .string(publicID.hint)),
            ("scopes", .array(scopes.names.map { .string($0) })),
            ("constraints", .object(constraints.json)),
            ("created_at", .string(RFC3339.format(createdAt))),
            ("created_by", .optional(createdBy?.description)),
            ("expires_at", .optional(expiresAt.map(RFC3339.format))),
            ("revoked_at", .optional(revokedAt.map(RFC3339.format))),
            ("last_used_at", .optional(lastUsedAt.map(RFC3339.format))),
        ])
    }
}

extension KeyConstraints {
    /// `null` narrows nothing.
    package var json: JSONObject {
        JSONObject(members: [
            ("max_file_bytes", .optional(maximumFileBytes)),
            ("allowed_types", allowedTypes.map { .array($0.map { .string($0.description) }) } ?? .null),
        ])
    }
}
