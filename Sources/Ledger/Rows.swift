import Foundation
import Postgres
import TollgateCore

extension Upload {
    /// The columns that ``init(row:)`` reads.
    static let columns: SQL = """
        tenant_id, id, status, file_name, file_type, object_key, declared_size, min_bytes, max_bytes, size,
        checksum_sha256, etag, uploaded_by, api_key_id, metadata, by_form, reserved_bytes, rejection_reason,
        rejection_detail, created_at, expires_at, finished_at, deleted_at
        """

    init(row: PostgresRow) throws {
        let statusName = try row.decode("status", as: String.self)
        guard let status = UploadStatus(rawValue: statusName) else {
            throw LedgerError.corrupt(table: "uploads", column: "status")
        }
        guard let key = ObjectKey(try row.decode("object_key", as: String.self)) else {
            throw LedgerError.corrupt(table: "uploads", column: "object_key")
        }
        let minimum = try row.decode("min_bytes", as: Int64.self)
        let maximum = try row.decode("max_bytes", as: Int64.self)
        guard minimum <= maximum else { throw LedgerError.corrupt(table: "uploads", column: "max_bytes") }
        self.init(
            id: UploadID(try row.decode("id", as: UUID.self)),
            tenantID: TenantID(try row.decode("tenant_id", as: UUID.self)),
            status: status,
            fileName: try row.decode("file_name", as: String.self),
            fileType: try MediaType(try row.decode("file_type", as: String.self)),
            key: key,
            declaredBytes: try row.decode("declared_size", as: Int64?.self),
            allowedBytes: minimum...maximum,
            storedBytes: try row.decode("size", as: Int64?.self),
            checksum: try row.decode("checksum_sha256", as: [UInt8]?.self).flatMap(ChecksumSHA256.init(bytes:)),
            etag: try row.decode("etag", as: String?.self),
            uploadedBy: try row.decode("uploaded_by", as: String?.self),
            apiKeyID: APIKeyID(try row.decode("api_key_id", as: UUID.self)),
            reservedBytes: try row.decode("reserved_bytes", as: Int64.self),
            metadata: try row.decode("metadata", as: JSONText.self).metadata(),
            byForm: try row.decode("by_form", as: Bool.self),
            rejection: try UploadRejection(row: row),
            createdAt: try row.decode("created_at", as: Date.self),
            expiresAt: try row.decode("expires_at", as: Date.self),
            finishedAt: try row.decode("finished_at", as: Date?.self),
            deletedAt: try row.decode("deleted_at", as: Date?.self))
    }
}

extension UploadRejection {
    init?(row: PostgresRow) throws {
        guard let name = try row.decode("rejection_reason", as: String?.self) else { return nil }
        guard let reason = Reason(rawValue: name) else {
            throw LedgerError.corrupt(table: "uploads", column: "rejection_reason")
        }
        self.init(reason: reason, detail: try row.decode("rejection_detail", as: String?.self) ?? "")
    }
}

extension TenantUsage {
    init(row: PostgresRow) throws {
        self.init(
            usage: QuotaUsage(
                usedBytes: try row.decode("used_bytes", as: Int64.self),
                reservedBytes: try row.decode("reserved_bytes", as: Int64.self),
                usedObjects: try row.decode("used_objects", as: Int64.self),
                reservedObjects: try row.decode("reserved_objects", as: Int64.self),
                pendingUploads: try row.decode("pending_uploads", as: Int64.self),
                monthlyUploadBytes: try row.decode("month_upload_bytes", as: Int64.self)),
            limits: QuotaLimits(
                storageBytes: try row.decode("storage_quota_bytes", as: Int64?.self),
                objects: try row.decode("object_quota", as: Int64?.self),
                pendingUploads: try row.decode("max_pending_uploads", as: Int64?.self),
                monthlyUploadBytes: try row.decode("monthly_upload_quota_bytes", as: Int64?.self)))
    }
}

extension JSONText {
    /// The metadata of an upload, as an object of strings.
    init(metadata: [String: String]) {
        var json = JSONWriter()
        json.object { members in
            for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { members.member(name, value) }
        }
        self.init(json.text)
    }

    func metadata() throws -> [String: String] {
        guard case .object(let object) = try JSONParser.parse(Array(text.utf8)) else {
            throw LedgerError.corrupt(table: "uploads", column: "metadata")
        }
        var metadata: [String: String] = [:]
        for member in object.members {
            guard case .string(let value) = member.value else {
                throw LedgerError.corrupt(table: "uploads", column: "metadata")
            }
            metadata[member.name] = value
        }
        return metadata
    }
}
