internal import Foundation
internal import NIOCore
internal import TollgateCore

extension LocalStoreEndpoint {
    /// Takes a browser's form: judged before a byte of its file is written, and stored when all of it arrived.
    func post<Body: AsyncSequence>(
        _ request: LocalStoreRequest<Body>, at now: Date
    ) async throws -> LocalStoreResponse where Body.Element == ByteBuffer {
        let announced = request.header("content-length").flatMap { Int64($0) }
        do {
            let boundary = try MultipartBoundary(contentType: request.header("content-type"))
            let events = MultipartEvents(request.body, reader: MultipartReader(boundary: boundary))
            var iterator = events.makeAsyncIterator()
            let form = try await Self.fields(&iterator)
            let grant = try judge.judge(form, at: now)
            let limit = PostSizeLimit(grant, iterator.reader, contentLength: announced)
            if let refusal = limit.announcedRefusal { throw refusal }
            let stored = try await receive(grant, &iterator, limit, announced)
            return answer(grant, stored)
        } catch let error as MultipartError {
            throw S3Error(error)
        }
    }

    private typealias Events<Body: AsyncSequence> = MultipartEvents<Body>.AsyncIterator where Body.Element == ByteBuffer

    /// Everything before the file.
    private static func fields<Body: AsyncSequence>(
        _ events: inout Events<Body>
    ) async throws -> PostForm where Body.Element == ByteBuffer {
        var form = PostForm(fields: [], filename: nil)
        while let event = try await events.next() {
            switch event {
            case .field(let name, let value):
                form.fields.append(HeaderField(name: name, value: value))
            case .fileStart(let file):
                form.filename = file.filename
                return form
            case .fileBytes, .fileEnd, .end:
                throw S3Error.noFile
            }
        }
        throw S3Error.noFile
    }

    private func receive<Body: AsyncSequence>(
        _ grant: PostGrant, _ events: inout Events<Body>, _ limit: PostSizeLimit, _ announced: Int64?
    ) async throws -> StoredObject where Body.Element == ByteBuffer {
        let attributes = ObjectAttributes(
            contentType: grant.contentType, headers: grant.headers,
            checksum: grant.checksumSHA256.map { .verify($0) } ?? .none)
        let end = ContinuousClock.now + slowestUpload
        do {
            return try await store.receive(grant.key, attributes) { upload in
                do {
                    while let event = try await events.next() {
                        guard .now < end else { throw S3Error.requestTimeout }
                        guard case .fileBytes(let bytes) = event else { continue }
                        if let refusal = limit.refusal(at: upload.size + Int64(bytes.readableBytes)) { throw refusal }
                        try await upload.write(bytes)
                    }
                } catch MultipartError.truncated where events.receivedBytes < announced ?? 0 {
                    throw S3Error.incompleteBody
                }
                if let refusal = grant.tooSmall(actual: upload.size) { throw refusal }
            }
        } catch let error as ObjectStorageError {
            guard case .unavailable = error else { throw S3Error(error, key: grant.key.rawValue) }
            throw error
        }
    }

    private func answer(_ grant: PostGrant, _ stored: StoredObject) -> LocalStoreResponse {
        let answer = grant.answer(
            location: address.objectURL(grant.key), bucket: store.bucket, etag: "\"\(stored.etag)\"")
        var headers = answer.headers
        if answer.status != 204 {
            headers.append(HeaderField(name: "Content-Length", value: String(answer.body.utf8.count)))
        }
        return LocalStoreResponse(
            status: answer.status, headers: headers, body: answer.body.isEmpty ? .none : .text(answer.body))
    }
}
