package import Foundation

/// Names an upload; it is also the name of its object in the tenant's prefix.
package struct UploadID: UUIDIdentifier {
    package let rawValue: UUID

    package init(_ rawValue: UUID) { self.rawValue = rawValue }
}
