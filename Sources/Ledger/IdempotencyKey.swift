package import Foundation
package import TollgateCore

/// What makes a start repeatable, as digests: nothing here leads back to the key.
package struct IdempotencyKey: Hashable, Sendable {
    /// SHA-256 of the key and of whom it belongs to, 32 bytes.
    package let digest: [UInt8]
    /// SHA-256 of the request that came with it, 32 bytes.
    package let requestDigest: [UInt8]

    package init(digest: [UInt8], requestDigest: [UInt8]) {
        self.digest = digest
        self.requestDigest = requestDigest
    }
}

/// The first start with an idempotency key.
package struct RememberedStart: Sendable {
    /// SHA-256 of its request, 32 bytes.
    package let requestDigest: [UInt8]
    /// When its form was signed; cut off to whole seconds as signatures are.
    package let signedAt: Date
    /// Its upload as it was started, in the status of now: with the object key, type and sizes that were signed.
    package let upload: Upload
}

/// The start's idempotency key stands for another start, which was committed.
package struct IdempotencyKeyTaken: Error, Sendable, Equatable {
    package init() {}
}
