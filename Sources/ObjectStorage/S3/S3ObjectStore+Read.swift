internal import AsyncHTTPClient
internal import NIOCore
package import TollgateCore

extension S3ObjectStore {
    package func head(_ key: ObjectKey) async throws -> StoredObject? {
        let call = S3Call(
            operation: "HeadObject", method: "HEAD", resource: .object(key),
            headers: [HeaderField(name: "x-amz-checksum-mode", value: "ENABLED")])
        return try await mapped {
            do {
                return try await client.send(call) { answer throws(S3Failure) in
                    try S3ObjectHeaders(answer.headers).object()
                }
            } catch S3Failure.refused(let refusal) where refusal.status == 404 {
                // A HEAD's answer has no body, so that no object and no bucket look the same.
                try await headBucket()
                return nil
            }
        }
    }

    package func read(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectContent? {
        // HTTP has no way to ask for nothing.
        if let range, range.isEmpty { return try await nothing(of: key, at: range) }
        var headers = [HeaderField(name: "x-amz-checksum-mode", value: "ENABLED")]
        if let range {
            headers = [HeaderField(name: "Range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
        }
        let call = S3Call(operation: "GetObject", method: "GET", resource: .object(key), headers: headers)
        do {
            return try await mapped {
                let response = try await client.open(call)
                let (object, held) = try S3ObjectHeaders(response.headers).part()
                guard range == nil || held == range?.clamped(to: 0..<object.size) else {
                    throw S3Failure.malformed(reason: "it holds other bytes than those asked for")
                }
                return ObjectContent(
                    object: object, range: held,
                    bytes: S3ObjectBytes(body: response.body, count: Int64(held.count)))
            }
        } catch ObjectStorageError.refused(404, "NoSuchKey") {
            return nil
        } catch ObjectStorageError.refused(416, _) {
            return try await nothing(of: key, at: range ?? 0..<0)
        }
    }

    private func nothing(of key: ObjectKey, at range: Range<Int64>) async throws -> ObjectContent? {
        guard let object = try await head(key) else { return nil }
        let place = range.clamped(to: 0..<object.size).lowerBound
        return ObjectContent(object: object, range: place..<place, bytes: NoBytes())
    }
}

/// An object's bytes as they come from the store. The next are asked for when these were taken.
struct S3ObjectBytes: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let count: Int64

    struct AsyncIterator: AsyncIteratorProtocol {
        var bytes: HTTPClientResponse.Body.AsyncIterator
        var rest: Int64

        /// - Throws: ``ObjectStorageError/unavailable(reason:)`` when the store stops before the end.
        mutating func next() async throws -> ByteBuffer? {
            let piece: ByteBuffer?
            do {
                piece = try await bytes.next()
            } catch {
                throw Task.isCancelled ? CancellationError() : S3Failure(failed: error).storageError
            }
            guard let piece else {
                try Task.checkCancellation()
                guard rest == 0 else {
                    throw ObjectStorageError.unavailable(reason: "the store's answer ended \(rest) bytes too early")
                }
                return nil
            }
            rest -= Int64(piece.readableBytes)
            return piece
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(bytes: body.makeAsyncIterator(), rest: count)
    }
}

/// No bytes at all.
struct NoBytes: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        func next() async throws -> ByteBuffer? { nil }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}
