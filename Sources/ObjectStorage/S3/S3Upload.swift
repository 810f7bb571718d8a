internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import OpenSSL
internal import TollgateCore

/// An object on its way into a store.
struct S3Upload: ~Copyable {
    private let store: S3ObjectStore
    private let parts: S3Parts
    private let key: ObjectKey
    private let attributes: ObjectAttributes
    private let length: ClosedRange<Int64>
    private let maximumBytes: Int64
    private var gathered = ByteBuffer()
    private var size: Int64 = 0
    private var digest: Digest?
    private var uploadID: String?
    private var stored: [S3Parts.Part] = []

    init(
        _ key: ObjectKey, _ attributes: ObjectAttributes, length: ClosedRange<Int64>, store: S3ObjectStore
    ) throws {
        self.store = store
        self.key = key
        self.attributes = attributes
        self.length = length
        parts = S3Parts(store: store, key: key)
        let most = Int64(store.options.partBytes) * Int64(S3Options.largestPartCount)
        maximumBytes = min(length.upperBound, most)
        digest = attributes.checksum == .none ? nil : try Digest(.sha256)
    }

    /// Takes the next bytes. It returns when there is room for more: that is the back-pressure.
    mutating func write(_ bytes: ByteBuffer) async throws {
        size += Int64(bytes.readableBytes)
        guard size <= maximumBytes else { throw ObjectStorageError.tooLarge(maximumBytes: maximumBytes) }
        bytes.withUnsafeReadableBytes { digest?.update($0) }
        var rest = bytes
        while rest.readableBytes > 0 {
            // A full part waits for more to come, so that an object of just its size is stored by one request.
            if gathered.readableBytes == store.options.partBytes { try await flush() }
            let count = min(rest.readableBytes, store.options.partBytes - gathered.readableBytes)
            if let piece = rest.readSlice(length: count) { gathered.writeImmutableBuffer(piece) }
        }
    }

    private mutating func flush() async throws {
        let uploadID = try await started()
        stored.append(try await parts.store(gathered, number: stored.count + 1, of: uploadID))
        gathered.clear(minimumCapacity: store.options.partBytes)
    }

    private mutating func started() async throws -> String {
        if let uploadID { return uploadID }
        let parts = parts
        let headers = headers
        // A store's answer that is not waited for would leave an upload that nobody knows.
        let started = try await uncancelled { try await parts.start(headers) }
        uploadID = started
        try Task.checkCancellation()
        return started
    }

    /// Makes what was written the object. On an error ``abort()`` is still due.
    mutating func commit() async throws -> StoredObject {
        guard size >= length.lowerBound else { throw ObjectStorageError.tooSmall(minimumBytes: length.lowerBound) }
        let sha256 = digest.take()?.finish()
        if case .verify(let expected) = attributes.checksum, sha256 != expected {
            throw ObjectStorageError.checksumMismatch
        }
        let result: S3Parts.Result
        if uploadID == nil {
            result = try await putWhole(sha256)
        } else {
            try await flush()
            result = try await complete()
        }
        return StoredObject(
            size: size, contentType: attributes.contentType, etag: result.etag, checksumSHA256: sha256,
            lastModified: result.date ?? store.now(), version: result.version, headers: attributes.headers)
    }

    private func putWhole(_ sha256: [UInt8]?) async throws -> S3Parts.Result {
        var headers = headers
        if let sha256 {
            headers.append(HeaderField(name: "x-amz-checksum-sha256", value: Base64.encode(sha256)))
        }
        let call = S3Call(
            operation: "PutObject", method: "PUT", resource: .object(key), headers: headers, body: gathered)
        return try await uncancelled { [client = store.client] in
            try await client.send(call) { answer throws(S3Failure) in
                guard let etag = answer.headers.first(name: "ETag") else {
                    throw .malformed(reason: "it names no ETag")
                }
                return S3Parts.Result(answer, etag: etag)
            }
        }
    }

    private mutating func complete() async throws -> S3Parts.Result {
        guard let uploadID else { throw CancellationError() }
        let (parts, stored) = (parts, stored)
        let result = try await uncancelled { try await parts.complete(uploadID, stored) }
        self.uploadID = nil
        // Ceph 16 answers an empty one.
        guard result.etag.isEmpty else { return result }
        guard let object = try await store.head(key) else {
            throw ObjectStorageError.unavailable(reason: "the store lost an object that it had just taken")
        }
        return S3Parts.Result(etag: object.etag, version: result.version ?? object.version, date: object.lastModified)
    }

    /// Gives the store its room back, also when the task is cancelled. It does not fail: the first failure is the one
    /// to be told, and what stays is found by ``S3ObjectStore/leftovers(prefix:)``.
    mutating func abort() async {
        guard let uploadID else { return }
        self.uploadID = nil
        let (store, key) = (store, key)
        do {
            try await uncancelled { try await store.abort(key, uploadID: uploadID) }
        } catch {
            store.logger.warning(
                "a multipart upload was not aborted; its parts stay in the store",
                metadata: [S3LogKeys.operation: "AbortMultipartUpload", S3LogKeys.error: .string("\(error)")])
        }
    }

    private var headers: [HeaderField] {
        [HeaderField(name: "Content-Type", value: attributes.contentType)] + attributes.headers + store.options.headers
    }
}

/// Runs work to its end, also when the task is cancelled. The store's time-outs bound it.
private func uncancelled<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await Task { try await work() }.value
}
