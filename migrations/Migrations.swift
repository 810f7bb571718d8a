/// One step of the schema: a file of this folder, embedded in the binary.
package struct Migration: Sendable {
    /// Position in the order of application, from 1, without gaps.
    package let version: Int
    /// The file's name, `0001_tenants_and_keys.sql`.
    package let fileName: String
    package let sql: [UInt8]

    package init(version: Int, fileName: String, sql: [UInt8]) {
        self.version = version
        self.fileName = fileName
        self.sql = sql
    }
}

/// Every migration, in order. A file of this folder that is not listed here fails a test.
package enum Migrations {
    package static let all: [Migration] = [
        Migration(version: 1, fileName: "0001_tenants_and_keys.sql", sql: PackageResources._001_tenants_and_keys_sql),
        Migration(version: 2, fileName: "0002_uploads.sql", sql: PackageResources._002_uploads_sql),
        Migration(
            version: 3, fileName: "0003_identity_notifications.sql",
            sql: PackageResources._003_identity_notifications_sql),
        Migration(version: 4, fileName: "0004_audit_entries.sql", sql: PackageResources._004_audit_entries_sql),
        Migration(version: 5, fileName: "0005_idempotency_keys.sql", sql: PackageResources._005_idempotency_keys_sql),
        Migration(
            version: 6, fileName: "0006_row_level_security.sql", sql: PackageResources._006_row_level_security_sql),
        Migration(
            version: 7, fileName: "0007_uploads_without_tenant_check.sql",
            sql: PackageResources._007_uploads_without_tenant_check_sql),
    ]
}
