/// What a key may do. The raw values are those of the API and the database.
package enum Scope: String, Hashable, Sendable, CaseIterable {
    case uploadsWrite = "uploads:write"
    case uploadsRead = "uploads:read"
    case uploadsDelete = "uploads:delete"
    case usageRead = "usage:read"
    case keysManage = "keys:manage"
    /// For the platform itself, never for a tenant's key.
    case platformOperator = "operator"
}
