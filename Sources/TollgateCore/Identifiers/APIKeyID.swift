package import Foundation

/// Names an API key in paths and in the audit. It is not the public part of the secret (``APIKeyPublicID``).
package struct APIKeyID: UUIDIdentifier {
    package let rawValue: UUID

    package init(_ rawValue: UUID) { self.rawValue = rawValue }
}
