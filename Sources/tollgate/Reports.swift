import TollgateCore

/// A tenant, with its usage or its new key where there is one.
struct TenantReport: Report {
    let tenant: Tenant
    let usage: TenantUsage?
    let key: String?

    var members: [(name: String, value: JSONValue)] {
        var members = tenant.json.members
        if let usage { members.append(("usage", .object(figures(usage)))) }
        if let key { members.append(("key", .string(key))) }
        return members
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

    /// What a list shows as a table.
    static let columns = ["id", "hint", "name", "scopes", "created_at", "expires_at", "revoked_at"]

    var members: [(name: String, value: JSONValue)] {
        var members = key.json.members
        if let secret { members.append(("key", .string(secret))) }
        return members
    }
}
