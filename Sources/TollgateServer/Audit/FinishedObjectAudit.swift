import Ledger
import ObjectStorage
import TollgateCore

/// Asks the store for the object of each finished upload of a tenant.
struct FinishedObjectAudit: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let tenant: Tenant

    /// Uploads that are read at once.
    private static let page = 500
    /// Questions that the store is asked at a time.
    private static let questions = 16
    /// How often an upload that moves while it is looked at is looked at again.
    private static let looks = 3

    func run(
        progress: @Sendable (String) -> Void, report: @Sendable (Discrepancy) async throws -> Void
    ) async throws {
        var last: UploadID?
        var seen = 0
        while true {
            progress("\(tenant.slug): \(seen) finished uploads compared")
            let page = try await ledger.finishedUploads(of: tenant.id, after: last, limit: Self.page)
            for discrepancy in try await examine(page) { try await report(discrepancy) }
            seen += page.count
            last = page.last?.id
            if page.count < Self.page { return }
        }
    }

    private func examine(_ uploads: [AuditedUpload]) async throws -> [Discrepancy] {
        try await withThrowingTaskGroup(of: Discrepancy?.self) { group in
            var rest = uploads.makeIterator()
            for _ in 0..<Self.questions {
                guard let upload = rest.next() else { break }
                group.addTask { try await examine(upload) }
            }
            var found: [Discrepancy] = []
            for try await discrepancy in group {
                if let discrepancy { found.append(discrepancy) }
                if let upload = rest.next() { group.addTask { try await examine(upload) } }
            }
            return found
        }
    }

    private func examine(_ first: AuditedUpload) async throws -> Discrepancy? {
        var upload = first
        for _ in 0..<Self.looks {
            let object = try await storage.head(upload.key)
            if let object, object.size == upload.bytes, object.etag == upload.etag { return nil }
            guard let now = try await ledger.auditedUpload(upload.id, of: tenant.id), now.status == .finished else {
                return nil
            }
            if now.key == upload.key, now.bytes == upload.bytes, now.etag == upload.etag {
                return discrepancy(now, object)
            }
            upload = now
        }
        // It is being worked on at this very moment; the next audit sees how that ended.
        return nil
    }

    private func discrepancy(_ upload: AuditedUpload, _ object: StoredObject?) -> Discrepancy {
        let bytes = upload.bytes.map(String.init) ?? "no"
        guard let object else {
            return Discrepancy(
                check: .objectMissing, tenantID: tenant.id, slug: tenant.slug.rawValue, uploadID: upload.id,
                objectKey: upload.key, recorded: bytes)
        }
        return Discrepancy(
            check: upload.nextLookAt == nil ? .objectChanged : .objectUnsettled, tenantID: tenant.id,
            slug: tenant.slug.rawValue, uploadID: upload.id, objectKey: upload.key,
            recorded: "\(bytes) bytes and ETag \(upload.etag ?? "none")",
            actual: "\(object.size) bytes and ETag \(object.etag)")
    }
}
