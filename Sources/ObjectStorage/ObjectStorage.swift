package import Foundation
package import NIOCore
package import TollgateCore

/// Where uploaded files lie: one bucket of an S3 API, or the embedded store on disk.
///
/// Failures are ``ObjectStorageError``; a body's own errors pass through unchanged.
package protocol ObjectStorage: Sendable {
    /// What ``presignedUpload(for:at:)`` signs. Where that is a PUT, the permission must name one size.
    var uploadMethod: UploadMethod { get }

    /// Signs what a client needs to upload one object itself. The store is not asked; temporary credentials may have to
    /// be fetched, and the permission ends with them at the latest.
    func presignedUpload(for permission: UploadPermission, at now: Date) async throws -> SignedUpload

    /// The same where nothing has to be waited for; nil where it does.
    func presignedUploadAtOnce(for permission: UploadPermission, at now: Date) throws -> SignedUpload?

    /// Signs a URL with which a browser downloads one object for `expiresIn` whole seconds, 1 to 604,800. The store is
    /// not asked.
    func presignedGet(
        _ key: ObjectKey, expiresIn: Int, overriding overrides: ResponseOverrides, at now: Date
    ) async throws -> PresignedURL

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

    /// A page of the objects whose keys begin with `prefix`, which may be empty and need not end in a slash, in the order
    /// of their keys' bytes.
    /// - Parameters:
    ///   - prefix: what the keys begin with.
    ///   - after: the last key of the page before; nil for the first page.
    ///   - limit: how many at most, 1 to 1,000.
    /// - Returns: the objects of the page, and whether there are others behind.
    /// - Throws: ``ObjectStorageError``.
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage

    /// Returns when the store could take an object now.
    func check() async throws
}
