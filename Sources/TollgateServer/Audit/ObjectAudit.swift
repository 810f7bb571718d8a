import Foundation
import Ledger
import ObjectStorage
import TollgateCore

/// Holds the store against the rows: every object has an upload, every finished upload its object.
///
/// Gateways may run meanwhile. Rows always move before objects do, so the order of looks decides: whatever looks wrong
/// in the store is believed only where the row, read after that look, still says the same. No order of listed keys is
/// relied on, since not every store lists by bytes; nothing is collected beyond a page.
package struct ObjectAudit: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let keyPrefix: ObjectKeyPrefix
    let holding: Holding
    /// Whether a repair may remove objects that no row speaks of.
    let removesOrphans: Bool
    let now: @Sendable () -> Date

    /// Keys of a page of the store; S3 has no larger ones.
    private static let page = 1_000
    /// The longest life that a tenant's form can have, in seconds (limit `url_expiry_seconds`).
    private static let longestForm = 3_600

    /// Looks at one tenant, or at all.
    func run(
        _ tenant: Tenant?, repairs: Bool, progress: @Sendable (String) -> Void,
        report: @Sendable (AuditEvent) async throws -> Void
    ) async throws {
        if let tenant { return try await examine(tenant, repairs, progress, report) }
        var last: Slug?
        while true {
            let tenants = try await ledger.tenants(after: last, limit: 100)
            for tenant in tenants { try await examine(tenant, repairs, progress, report) }
            last = tenants.last?.slug
            if tenants.count < 100 { return }
        }
    }

    private func examine(
        _ tenant: Tenant, _ repairs: Bool, _ progress: @Sendable (String) -> Void,
        _ report: @Sendable (AuditEvent) async throws -> Void
    ) async throws {
        try await examineObjects(of: tenant, repairs, progress, report)
        let finished = FinishedObjectAudit(ledger: ledger, storage: storage, tenant: tenant)
        try await finished.run(progress: progress) { discrepancy in
            if discrepancy.check.isNote { return try await report(.noted(discrepancy)) }
            try await report(.found(discrepancy))
            // Which of the two is right, and where the right bytes are, nobody here knows.
            if repairs { try await report(.left(discrepancy)) }
        }
    }

    private func examineObjects(
        of tenant: Tenant, _ repairs: Bool, _ progress: @Sendable (String) -> Void,
        _ report: @Sendable (AuditEvent) async throws -> Void
    ) async throws {
        let prefix = keyPrefix.of(tenant.slug).rawValue
        var after: ObjectKey?
        var seen = 0
        while true {
            progress("\(tenant.slug): \(seen) objects listed")
            let page = try await storage.list(prefix: prefix, after: after, limit: Self.page)
            for entry in try await unexplained(page.entries, of: tenant) {
                guard let discrepancy = try await confirm(entry, of: tenant) else { continue }
                try await report(.found(discrepancy))
                if repairs { try await report(try await repair(discrepancy, entry)) }
            }
            seen += page.entries.count
            guard page.isTruncated, let last = page.entries.last?.key else { return }
            guard last != after else {
                throw ObjectStorageError.unavailable(reason: "the store lists the same objects again and again")
            }
            after = last
        }
    }

    /// Entries of a page for which no row says that they may be there.
    private func unexplained(_ entries: [ObjectPage.Entry], of tenant: Tenant) async throws -> [ObjectPage.Entry] {
        var ids: [ObjectKey: UploadID] = [:]
        for entry in entries { ids[entry.key] = entry.key.uploadID }
        let explained = Set(
            try await ledger.holders(of: ids, tenant: tenant.id).filter(\.mayHaveObject).map(\.key))
        return entries.filter { !explained.contains($0.key) }
    }

    /// Looks again, in the order that decides: what is still in the store, then what the rows say.
    private func confirm(_ entry: ObjectPage.Entry, of tenant: Tenant) async throws -> Discrepancy? {
        guard let object = try await storage.head(entry.key) else { return nil }
        guard let holder = try await ledger.holders(ofAny: [entry.key], tenant: tenant.id).first else {
            return Discrepancy(
                check: .objectWithoutUpload, tenantID: tenant.id, slug: tenant.slug.rawValue, objectKey: entry.key,
                actual: String(object.size))
        }
        guard !holder.mayHaveObject else { return nil }
        // Its last look may have ended between ours at the store and at the row.
        guard let object = try await storage.head(entry.key) else { return nil }
        return Discrepancy(
            check: .objectLeftBehind, tenantID: tenant.id, slug: tenant.slug.rawValue, uploadID: holder.id,
            objectKey: entry.key, recorded: holder.status.rawValue, actual: String(object.size))
    }

    /// Removes an object whose upload is over: no such upload ever gets one again. One without any row is removed only
    /// where the operator said so: a database that was restored from a copy, or another installation on the same
    /// prefix, looks the same from here.
    private func repair(_ discrepancy: Discrepancy, _ entry: ObjectPage.Entry) async throws -> AuditEvent {
        if discrepancy.check == .objectWithoutUpload {
            let oldest = now().addingTimeInterval(-TimeInterval(Self.longestForm))
            guard removesOrphans, holding.endOfWindow(entry.lastModified) < oldest else { return .left(discrepancy) }
        }
        try await storage.delete([entry.key])
        return .repaired(slug: discrepancy.slug, what: "the object \(entry.key) was removed")
    }
}

extension ObjectKey {
    /// The id in a key that ``make(prefix:slug:uploadID:extension:)`` made; nil for another.
    fileprivate var uploadID: UploadID? {
        let name = rawValue.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return UploadID(String(name.prefix(36)))
    }
}
