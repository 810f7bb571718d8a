import Foundation
import Testing

@testable import TollgateCore

struct AuditedChangeTests {
    static func tenant(
        _ name: String = "Acme", suspendedAt: Date? = nil, _ change: (inout TenantLimitsDraft) -> Void = { _ in }
    ) throws -> Tenant {
        var draft = TenantLimitsDraft()
        change(&draft)
        return Tenant(
            id: TenantID(UUID(uuidString: "01a20f39-2add-7b70-b773-4db5944ad5ae") ?? UUID()),
            slug: try #require(Slug("acme")), name: try TenantName(name), limits: try TenantLimits(draft),
            createdAt: Date(timeIntervalSince1970: 0), suspendedAt: suspendedAt)
    }

    @Test("only what differs is told, as it was and as it is")
    func tellsWhatDiffers() throws {
        let before = try Self.tenant { $0.storageQuotaBytes = 5 }
        let after = try Self.tenant("Beta") { $0.objectQuota = 7 }
        let changes = AuditedChange.changes(from: before, to: after)
        #expect(changes.map(\.action) == [.tenantUpdate])
        #expect(
            changes.first?.before
                == JSONObject(members: [
                    ("name", .string("Acme")),
                    (
                        "limits",
                        .object(JSONObject(members: [("storage_quota_bytes", .number("5")), ("object_quota", .null)]))
                    ),
                ]))
        #expect(
            changes.first?.after
                == JSONObject(members: [
                    ("name", .string("Beta")),
                    (
                        "limits",
                        .object(JSONObject(members: [("storage_quota_bytes", .null), ("object_quota", .number("7"))]))
                    ),
                ]))
    }

    @Test("a suspension and its end are changes of their own; another moment of it is none")
    func suspensions() throws {
        let active = try Self.tenant()
        let suspended = try Self.tenant(suspendedAt: Date(timeIntervalSince1970: 1))
        let later = try Self.tenant("Beta", suspendedAt: Date(timeIntervalSince1970: 2))
        #expect(AuditedChange.changes(from: active, to: active).isEmpty)
        #expect(AuditedChange.changes(from: active, to: suspended).map(\.action) == [.tenantSuspend])
        #expect(AuditedChange.changes(from: suspended, to: active).map(\.action) == [.tenantResume])
        #expect(AuditedChange.changes(from: active, to: later).map(\.action) == [.tenantUpdate, .tenantSuspend])
        #expect(AuditedChange.changes(from: suspended, to: later).map(\.action) == [.tenantUpdate])
    }
}
