internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import TollgateCore

/// The calls of a multipart upload.
///
/// Source: Amazon S3 API Reference, "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload".
struct S3Parts: Sendable {
    let store: S3ObjectStore
    let key: ObjectKey

    struct Part: Sendable {
        let number: Int
        /// As the store gave it, with its quotation marks.
        let etag: String
    }

    /// What a store says of an object that it has just taken.
    struct Result: Sendable {
        /// Without quotation marks; empty where the store does not say.
        let etag: String
        let version: String?
        /// When the store answered.
        let date: Date?
    }

    /// - Returns: the upload's id.
    func start(_ headers: [HeaderField]) async throws -> String {
        let call = S3Call(
            operation: "CreateMultipartUpload", method: "POST", resource: .object(key),
            query: [HeaderField(name: "uploads", value: "")], headers: headers, isIdempotent: false)
        return try await store.client.send(call) { answer throws(S3Failure) in
            guard let uploadID = try answer.document().text("UploadId"), !uploadID.isEmpty else {
                throw .malformed(reason: "it names no upload")
            }
            return uploadID
        }
    }

    func store(_ bytes: ByteBuffer, number: Int, of uploadID: String) async throws -> Part {
        let call = S3Call(
            operation: "UploadPart", method: "PUT", resource: .object(key),
            query: [
                HeaderField(name: "partNumber", value: String(number)), HeaderField(name: "uploadId", value: uploadID),
            ], body: bytes)
        return try await store.client.send(call) { answer throws(S3Failure) in
            guard let etag = answer.headers.first(name: "ETag") else { throw .malformed(reason: "it names no ETag") }
            return Part(number: number, etag: etag)
        }
    }

    func complete(_ uploadID: String, _ parts: [Part]) async throws -> Result {
        var document = XMLText()
        document.open("CompleteMultipartUpload")
        for part in parts {
            document.open("Part")
            document.element("PartNumber", String(part.number))
            document.element("ETag", part.etag)
            document.close("Part")
        }
        document.close("CompleteMultipartUpload")
        let call = S3Call(
            operation: "CompleteMultipartUpload", method: "POST", resource: .object(key),
            query: [HeaderField(name: "uploadId", value: uploadID)],
            headers: [HeaderField(name: "Content-Type", value: "application/xml")],
            body: ByteBuffer(string: document.text), isIdempotent: false)
        return try await store.client.send(call) { answer throws(S3Failure) in
            Result(answer, etag: try answer.document().text("ETag") ?? "")
        }
    }
}

extension S3Parts.Result {
    init(_ answer: S3Answer, etag: String) {
        self.init(
            etag: S3ObjectHeaders.unquoted(etag), version: S3ObjectHeaders(answer.headers).version,
            date: answer.headers.first(name: "Date").flatMap { HTTPDate.parse($0) })
    }
}
