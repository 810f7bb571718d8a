internal import NIOCore
internal import OpenSSL
package import TollgateCore

extension S3ObjectStore {
    /// How many one DeleteObjects takes.
    ///
    /// Source: Amazon S3 API Reference, "DeleteObjects".
    private static let batch = 1_000

    /// - Throws: ``ObjectStorageError/notDeleted(_:)`` with every key that the store kept, after all were tried;
    ///   others as soon as they happen.
    package func delete(_ keys: [ObjectKey]) async throws {
        // XML has no way to write some characters, and a key that was bent is another object's.
        let written = keys.filter { XMLText.holds($0.rawValue) }
        let single = written.count == 1 ? keys : keys.filter { !XMLText.holds($0.rawValue) }
        for key in single { try await delete(key) }
        guard written.count > 1 else { return }
        var kept: [ObjectStorageError.KeptObject] = []
        for start in stride(from: 0, to: written.count, by: Self.batch) {
            kept += try await deleteBatch(written[start..<min(start + Self.batch, written.count)])
        }
        if !kept.isEmpty { throw ObjectStorageError.notDeleted(kept) }
    }

    private func delete(_ key: ObjectKey) async throws {
        try await mapped {
            do {
                try await client.send(S3Call(operation: "DeleteObject", method: "DELETE", resource: .object(key))) {
                    _ throws(S3Failure) in
                }
            } catch S3Failure.refused(let refusal) where refusal.code == "NoSuchKey" {
                // Amazon answers 204; others say what they found.
            }
        }
    }

    private func deleteBatch(_ keys: ArraySlice<ObjectKey>) async throws -> [ObjectStorageError.KeptObject] {
        var document = XMLText()
        document.open("Delete")
        document.element("Quiet", "true")
        for key in keys {
            document.open("Object")
            document.element("Key", key.rawValue)
            document.close("Object")
        }
        document.close("Delete")
        let body = ByteBuffer(string: document.text)
        // Asked for by all stores; Amazon takes it in the place of a newer checksum.
        let digest = try body.withUnsafeReadableBytes { try Digest.of($0, .md5) }
        let call = S3Call(
            operation: "DeleteObjects", method: "POST", query: [HeaderField(name: "delete", value: "")],
            headers: [
                HeaderField(name: "Content-Type", value: "application/xml"),
                HeaderField(name: "Content-MD5", value: Base64.encode(digest)),
            ], body: body)
        return try await mapped {
            try await client.send(call) { answer throws(S3Failure) in
                try answer.document().all("Error").compactMap { error in
                    guard let code = error.text("Code"), code != "NoSuchKey",
                        let key = error.text("Key").flatMap(ObjectKey.init)
                    else { return nil }
                    return ObjectStorageError.KeptObject(key: key, code: code)
                }
            }
        }
    }
}
