internal import NIOCore
internal import TollgateCore

extension LocalStoreEndpoint {
    /// Parameters that ask for something else than the object's present content.
    private static let subresources = [
        "acl", "attributes", "legal-hold", "partNumber", "retention", "tagging", "torrent", "uploadId", "versionId",
    ]

    /// Serves an object to a request whose signature holds.
    func get<Body: AsyncSequence>(
        _ request: LocalStoreRequest<Body>
    ) async throws -> LocalStoreResponse where Body.Element == ByteBuffer {
        let query = S3Query(raw: request.query)
        for name in Self.subresources where query[name] != nil { throw S3Error.subresourceNotImplemented(name) }
        let key = try ObjectPath.key(request.path)
        guard let opened = try await store.open(key) else { throw S3Error.noSuchKey(key.rawValue) }
        let object = opened.object
        let headers = try ObjectHeaders(object, query: query)
        let conditions = Preconditions(
            ifMatch: request.header("if-match"), ifNoneMatch: request.header("if-none-match"),
            ifModifiedSince: request.header("if-modified-since"),
            ifUnmodifiedSince: request.header("if-unmodified-since"), ifRange: request.header("if-range"))
        switch conditions.evaluate(object) {
        case .proceed: break
        case .notModified: return LocalStoreResponse(status: 304, headers: headers.validators, body: .none)
        case .failed(let condition): throw S3Error.preconditionFailed(condition)
        }

        let requested = conditions.allowsRange(object) ? request.header("range") : nil
        let range: Range<Int64>
        var further: [HeaderField] = []
        switch ByteRange(requested, size: object.size) {
        case .whole:
            range = 0..<object.size
        case .part(let part):
            range = part
            let value = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(object.size)"
            further.append(HeaderField(name: "Content-Range", value: value))
        case .unsatisfiable:
            throw S3Error.invalidRange(requested ?? "", size: object.size)
        }
        let isWhole = further.isEmpty
        let wantsChecksum = request.header("x-amz-checksum-mode")?.lowercased() == "enabled"
        further.append(HeaderField(name: "Content-Length", value: String(range.upperBound - range.lowerBound)))
        return LocalStoreResponse(
            status: isWhole ? 200 : 206, headers: headers.all(showsChecksum: wantsChecksum && isWhole) + further,
            body: request.method == "HEAD" ? .none : .object(opened.content(range)))
    }
}
