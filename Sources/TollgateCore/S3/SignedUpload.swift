package import Foundation

/// What a client needs to bring one object to the store itself.
package enum SignedUpload: Sendable, Equatable {
    /// A form, for stores that know POST policies: they hold the client to key, type and size.
    case post(PresignedPost)
    /// A PUT, for stores that do not: its signature covers key, type and the one size.
    case put(PresignedPut)

    /// When the store begins to refuse it; whole seconds.
    package var expiresAt: Date {
        switch self {
        case .post(let form): form.expiresAt
        case .put(let request): request.expiresAt
        }
    }
}
