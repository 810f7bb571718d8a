import Foundation
import TollgateCore

/// A tenant with what it has in use, and with its first key at the moment it was made.
struct TenantAnswer: Answer {
    let tenant: Tenant
    let usage: TenantUsage
    var key: IssuedKey?

    func write(to json: inout JSONWriter) {
        for member in tenant.json.members { json.member(member.name, member.value) }
        json.object("usage") { usage.writeAll(to: &$0) }
        if let key { json.member("key", key.secret.reveal()) }
    }
}

/// A page of tenants.
struct TenantList: Answer {
    let tenants: [TenantAnswer]
    /// The cursor of the next page: the slug of this page's last tenant.
    let next: Slug?

    func write(to json: inout JSONWriter) {
        json.array("data") { list in
            for tenant in tenants { list.object { tenant.write(to: &$0) } }
        }
        json.member("next_cursor", next?.rawValue)
    }
}

/// What a tenant has in use at a moment.
struct UsageAnswer: Answer {
    let usage: TenantUsage
    let asOf: Date

    func write(to json: inout JSONWriter) {
        usage.writeAll(to: &json)
        json.member("as_of", asOf)
    }
}

extension TenantUsage {
    /// Every quota, in the order in which a start looks at them.
    func writeAll(to json: inout JSONWriter) {
        write(to: &json)
        json.object("pending_uploads") { usage.pendingUploads(limits).write(to: &$0) }
        json.object("monthly_upload_bytes") { usage.monthlyUploadBytes(limits).write(to: &$0) }
    }
}
