package import Foundation
package import NIOCore
package import TollgateCore

/// Where uploaded files lie: one bucket of an S3 API, or the embedded store on disk.
///
/// Failures are ``ObjectStorageError``; a body's own errors pass through unchanged.
package protocol ObjectStorage: Sendable {
    /// Signs a form with which a browser uploads one object. Nothing is sent anywhere.
    func presignedPost(for permission: UploadPermission, at now: Date) throws -> PresignedPost

    /// Signs a URL with which a browser downloads one object for `expiresIn` whole seconds, 1 to 604,800. Nothing is
    /// sent anywhere.
    func presignedGet(
        _ key: ObjectKey, expiresIn: Int, overriding overrides: ResponseOverrides, at now: Date
    ) throws -> PresignedURL

    /// What the store says of an object; nil when there is none.
    func head(_ key: ObjectKey) async throws -> StoredObject?

    /// An object's bytes, read as they are asked for; nil when there is no object. The range is of offsets in bytes,
    /// cut off at the object's end; nil stands for all.
    func read(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectContent?

    /// Stores an object, whole or not at all, in place of one of the same key. `length` says how many bytes the body
    /// may have; the body is read once and never held whole.
    func put<Body: AsyncSequence & Sendable>(
        _ key: ObjectKey, _ attributes: ObjectAttributes, length: ClosedRange<Int64>, body: Body
    ) async throws -> StoredObject where Body.Element == ByteBuffer

    /// Removes objects. One that is not there is no error.
    func delete(_ keys: [ObjectKey]) async throws

    /// Returns when the store could take an object now.
    func check() async throws
}
