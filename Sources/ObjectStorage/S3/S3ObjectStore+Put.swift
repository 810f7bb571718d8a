package import NIOCore
package import TollgateCore

extension S3ObjectStore {
    /// An object smaller than a part is held whole and stored by one request; of a larger one, a part at a time is
    /// held. What counts for a caller is that nothing is stored unless this returns: once everything has arrived and
    /// been found right, the last request is carried through, also when the task is cancelled meanwhile.
    package func put<Body: AsyncSequence & Sendable>(
        _ key: ObjectKey, _ attributes: ObjectAttributes, length: ClosedRange<Int64>, body: Body
    ) async throws -> StoredObject where Body.Element == ByteBuffer {
        var upload = try S3Upload(key, attributes, length: length, store: self)
        do {
            for try await bytes in body { try await upload.write(bytes) }
            // A body may also just end when its task is cancelled.
            try Task.checkCancellation()
            return try await upload.commit()
        } catch {
            await upload.abort()
            throw (error as? S3Failure)?.storageError ?? error
        }
    }
}
