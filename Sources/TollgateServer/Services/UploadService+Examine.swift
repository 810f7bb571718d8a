import NIOCore
import ObjectStorage
import TollgateCore

/// What a look at an upload's object found.
enum Examination: Sendable {
    /// There is no object.
    case missing
    case rejected(UploadRejection)
    /// The object is what was declared.
    case passed(StoredObject)
}

extension UploadService {
    /// How often an object that changes while it is looked at is looked at again.
    private static let looks = 3

    /// Holds an upload's object against what was declared: size, type, checksum, and the leading bytes as the tenant
    /// wants it. All that it found is of one object, by its ETag.
    /// - Throws: `ObjectStorageError`, also where the object changes again and again.
    func examine(_ upload: Upload, _ content: ContentVerification) async throws -> Examination {
        for _ in 0..<Self.looks {
            guard let object = try await storage.head(upload.key) else { return .missing }
            switch try await look(at: object, for: upload, content) {
            case .right: return .passed(object)
            case .wrong(let rejection): return .rejected(rejection)
            case .changed: continue
            }
        }
        throw ObjectStorageError.unavailable(reason: "an object changed while it was looked at")
    }

    private enum Look {
        case right
        case wrong(UploadRejection)
        /// Other bytes are there than those whose attributes were seen, or none.
        case changed
    }

    private func look(
        at object: StoredObject, for upload: Upload, _ content: ContentVerification
    ) async throws -> Look {
        let declared = DeclaredUpload(
            sizeRange: upload.allowedBytes, contentType: upload.fileType, checksum: upload.checksum)
        let stored = StoredFacts(
            sizeBytes: object.size, contentType: object.contentType,
            checksum: object.checksumSHA256.flatMap(ChecksumSHA256.init(bytes:)))
        switch StoredObjectCheck.compare(declared, with: stored) {
        case .matches: break
        case .rejected(let rejection): return .wrong(rejection)
        case .needsChecksum(let checksum):
            guard let actual = try await checksumOfContent(of: object, upload.key) else { return .changed }
            if case .rejected(let rejection) = StoredObjectCheck.compare(checksum, with: actual) {
                return .wrong(rejection)
            }
        }
        guard content != .off else { return .right }
        guard let leading = try await leadingBytes(of: object, upload.key) else { return .changed }
        let rejection = ContentJudge.judge(
            declared: upload.fileType, leading: leading, size: object.size, mode: content)
        return rejection.map { .wrong($0) } ?? .right
    }

    /// Reads an object to the end, for a store that keeps no checksum; nil where it is not that object any more.
    private func checksumOfContent(of object: StoredObject, _ key: ObjectKey) async throws -> ChecksumSHA256? {
        guard let content = try await storage.read(key, range: nil), content.object.etag == object.etag else {
            return nil
        }
        var digest = try SHA256Accumulator()
        for try await bytes in content.bytes { digest.add(bytes) }
        return digest.checksum()
    }

    /// An object's first bytes; nil where it is not that object any more. An empty one is not read: S3 has no range
    /// of nothing (RFC 9110, section 15.5.17).
    private func leadingBytes(of object: StoredObject, _ key: ObjectKey) async throws -> [UInt8]? {
        guard object.size > 0 else { return [] }
        let range = 0..<min(object.size, Int64(ContentDetector.maximumBytes))
        guard let content = try await storage.read(key, range: range), content.object.etag == object.etag else {
            return nil
        }
        var leading: [UInt8] = []
        for try await bytes in content.bytes { leading += bytes.readableBytesView }
        return leading
    }
}
