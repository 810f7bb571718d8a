package import Foundation

/// Names an entry of the audit log; the order of ids is the order of making.
package struct AuditEntryID: UUIDIdentifier {
    package let rawValue: UUID

    package init(_ rawValue: UUID) { self.rawValue = rawValue }
}
