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
            for (entry, discrepancy) in try await compare(page.entries, of: tenant) {
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

    /// Entries of a page that no upload may have. They are looked at again in the order that decides: what is still in the
    /// store, then what the rows say.
    private func compare(
        _ entries: [ObjectPage.Entry], of tenant: Tenant
    ) async throws -> [(entry: ObjectPage.Entry, discrepancy: Discrepancy)] {
        var unexplained: [ObjectPage.Entry] = []
        let explained = try await explainedKeys(entries, of: tenant)
        for entry in entries where !explained.contains(entry.key) {
            if try await storage.head(entry.key) != nil { unexplained.append(entry) }
        }
        guard !unexplained.isEmpty else { return [] }
        let holders = Dictionary(
            try await ledger.holders(ofAny: unexplained.map(\.key), tenant: tenant.id).map { ($0.key, $0) },
            uniquingKeysWith: { $0.mayHaveObject ? $0 : $1 })
        var found: [(ObjectPage.Entry, Discrepancy)] = []
        for entry in unexplained {
            let holder = holders[entry.key]
            if let holder {
                guard !holder.mayHaveObject else { continue }
                // Its last look may have ended between ours at the store and at the row.
                guard try await storage.head(entry.key) != nil else { continue }
            }
            let discrepancy = Discrepancy(
                check: holder == nil ? .objectWithoutUpload : .objectLeftBehind, tenantID: tenant.id,
                slug: tenant.slug.rawValue, uploadID: holder?.id, objectKey: entry.key,
                recorded: holder?.status.rawValue, actual: String(entry.size))
            found.append((entry, discrepancy))
        }
        return found
    }

    /// The keys of a page that an upload may have: nearly always all, found by the ids in them.
    private func explainedKeys(_ entries: [ObjectPage.Entry], of tenant: Tenant) async throws -> Set<ObjectKey> {
        var ids: [ObjectKey: UploadID] = [:]
        for entry in entries { ids[entry.key] = entry.key.uploadID }
        return Set(try await ledger.holders(of: ids, tenant: tenant.id).filter(\.mayHaveObject).map(\.key))
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
