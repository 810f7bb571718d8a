package import Foundation
package import NIOCore
package import NIOPosix
package import TollgateCore

/// Objects as files beneath a directory: each at `<directory>/<bucket>/<key>`, its attributes beside the tree.
///
/// Several processes may share one directory. A crash leaves an object whole or not at all.
package struct LocalObjectStore: ObjectStorage {
    private let tree: LocalTree
    private let work: BlockingWork
    private let endpoint: S3Endpoint
    private let signer: S3Signer

    /// The store's own endpoint takes forms and no PUT.
    package var uploadMethod: UploadMethod { .post }

    /// The only bucket.
    package var bucket: String { endpoint.bucket }

    /// Makes the directories, and removes what a crash left behind.
    ///
    /// - Parameters:
    ///   - directory: where the objects lie.
    ///   - endpoint: how clients reach the bucket, path style; its bucket names the directory.
    ///   - signer: signs the forms and URLs that the store's own endpoint judges.
    ///   - isDurable: whether an object is on the disk before its upload is answered. Without, a crash of the machine
    ///     may lose or spoil what was answered as stored: for benchmarks alone.
    ///   - threads: where reading, writing, hashing and waiting for the disk happen. Running, and as many as there
    ///     should be uploads at work at once (waiting for the disk is most of it, so more than there are cores). The
    ///     caller ends it, after the last use of the store.
    /// - Throws: ``ObjectStorageError`` when the directory cannot be used.
    package init(
        directory: String, endpoint: S3Endpoint, signer: S3Signer, isDurable: Bool = true, threads: NIOThreadPool
    ) async throws {
        let work = BlockingWork(threads: threads)
        tree = try await work.run {
            let tree = try LocalTree(directory: directory, bucket: endpoint.bucket, isDurable: isDurable)
            try tree.removeLeftovers()
            return tree
        }
        self.work = work
        self.endpoint = endpoint
        self.signer = signer
    }

    package func presignedUpload(for permission: UploadPermission, at now: Date) async throws -> SignedUpload {
        try sign(permission, at: now)
    }

    package func presignedUploadAtOnce(for permission: UploadPermission, at now: Date) throws -> SignedUpload? {
        try sign(permission, at: now)
    }

    private func sign(_ permission: UploadPermission, at now: Date) throws -> SignedUpload {
        // A key that no file can have is refused before a client sends its file.
        try LocalKey.check(permission.key)
        let form = UploadForm(
            key: permission.key, contentType: permission.contentType, length: permission.length,
            expiresAt: permission.expiresAt, checksumSHA256: permission.checksumSHA256)
        return .post(PresignedPost.sign(form, to: endpoint, with: signer, at: now))
    }

    package func presignedGet(
        _ key: ObjectKey, expiresIn: Int, overriding overrides: ResponseOverrides, at now: Date
    ) async throws -> PresignedURL {
        PresignedURL.sign(
            .get, key, at: endpoint, query: overrides.query, expiresIn: expiresIn, with: signer, now: now)
    }

    package func head(_ key: ObjectKey) async throws -> StoredObject? {
        try await open(key)?.object
    }

    package func read(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectContent? {
        guard let opened = try await open(key) else { return nil }
        let whole = 0..<opened.object.size
        return opened.content(range?.clamped(to: whole) ?? whole)
    }

    package func put<Body: AsyncSequence & Sendable>(
        _ key: ObjectKey, _ attributes: ObjectAttributes, length: ClosedRange<Int64>, body: Body
    ) async throws -> StoredObject where Body.Element == ByteBuffer {
        try await receive(key, attributes) { upload in
            for try await bytes in body {
                guard upload.size + Int64(bytes.readableBytes) <= length.upperBound else {
                    throw ObjectStorageError.tooLarge(maximumBytes: length.upperBound)
                }
                try await upload.write(bytes)
            }
            // A body may also just end when its task is cancelled.
            try Task.checkCancellation()
            guard upload.size >= length.lowerBound else {
                throw ObjectStorageError.tooSmall(minimumBytes: length.lowerBound)
            }
        }
    }

    /// - Throws: ``ObjectStorageError/notDeleted(_:)`` with every key of several that is still there, after all were
    ///   tried.
    package func delete(_ keys: [ObjectKey]) async throws {
        var kept: [ObjectStorageError.KeptObject] = []
        for key in keys {
            guard let local = LocalKey(lookingFor: key) else { continue }
            do {
                try await work.run { [tree] in try tree.delete(local) }
            } catch let error as ObjectStorageError where keys.count > 1 {
                kept.append(.init(key: key, code: String(describing: error)))
            }
        }
        if !kept.isEmpty { throw ObjectStorageError.notDeleted(kept) }
    }

    package func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        try await work.run { [tree] in try tree.list(prefix: prefix, after: after, limit: limit) }
    }

    package func check() async throws {
        try await work.run { [tree] in try tree.check() }
    }
}

extension LocalObjectStore {
    /// An object that was found, open for reading.
    struct Opened: Sendable {
        let object: StoredObject
        let file: OpenFile
        let work: BlockingWork

        func content(_ range: Range<Int64>) -> ObjectContent {
            ObjectContent(
                object: object, range: range, bytes: LocalFileBytes(file: file, range: range, work: work))
        }
    }

    func open(_ key: ObjectKey) async throws -> Opened? {
        guard let key = LocalKey(lookingFor: key) else { return nil }
        return try await work.run { [tree, work] in
            try tree.open(key).map { Opened(object: $0.object, file: $0.file, work: work) }
        }
    }

    /// Receives one object: what `body` writes is stored when it returns, and nothing when it throws.
    func receive(
        _ key: ObjectKey, _ attributes: ObjectAttributes, _ body: (inout LocalUpload) async throws -> Void
    ) async throws -> StoredObject {
        var upload = try LocalUpload(key, attributes, tree: tree, work: work)
        do {
            try await body(&upload)
            return try await upload.commit()
        } catch {
            try await upload.discard()
            throw error
        }
    }
}
