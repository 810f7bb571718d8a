package import Foundation

/// Names a tenant.
package struct TenantID: UUIDIdentifier {
    package let rawValue: UUID

    package init(_ rawValue: UUID) { self.rawValue = rawValue }
}
