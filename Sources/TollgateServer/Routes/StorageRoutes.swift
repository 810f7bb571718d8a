import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ObjectStorage
import TollgateCore

/// `/storage/{bucket}`: the embedded store's S3 endpoint. The signature is the permission, so no key is asked for.
struct StorageRoutes: Sendable {
    let endpoint: LocalStoreEndpoint
    let now: @Sendable () -> Date

    /// Every method goes to the endpoint: it answers those it does not know in S3's own form.
    func register(on table: inout RouteTable) {
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options] {
            table.open(method, "/storage/{bucket}") { try await respond(to: $0, $1) }
            table.open(method, "/storage/{bucket}/**") { try await respond(to: $0, $1) }
        }
    }

    private func respond(to request: Request, _ context: GatewayContext) async throws -> Response {
        let (bucket, path) = Self.split(request.uri.path)
        let answer = try await endpoint.respond(
            to: LocalStoreRequest(
                method: request.method.rawValue, bucket: bucket, path: path, query: request.uri.query ?? "",
                headers: Self.headers(of: request), body: request.body, requestID: context.requestID),
            at: now())
        if let cause = answer.cause {
            context.logger.error("the local store failed", metadata: [LogKeys.error: .string("\(cause)")])
        }
        var response = Response(status: .init(code: answer.status), body: Self.body(of: answer, context))
        // The body's own length is written with it.
        for header in answer.headers where header.name.lowercased() != "content-length" {
            guard let name = HTTPField.Name(header.name) else { continue }
            response.headers.append(HTTPField(name: name, value: header.value))
        }
        return response
    }

    /// `/storage/bucket/a%20key` is the bucket `bucket` and the path `/a%20key`, which a signature covers as it came.
    private static func split(_ path: String) -> (bucket: String, path: String) {
        let rest = path.dropFirst("/storage/".count)
        let bucket = rest.prefix { $0 != "/" }
        return (bucket.removingPercentEncoding ?? String(bucket), String(rest.dropFirst(bucket.count)))
    }

    /// The Host header travels apart from the others in HTTP/2 and in this server; a signature covers it.
    private static func headers(of request: Request) -> [HeaderField] {
        let host = request.head.authority.map { [HeaderField(name: "host", value: $0)] } ?? []
        return host + request.headers.map { HeaderField(name: $0.name.rawName, value: $0.value) }
    }

    private static func body(of answer: LocalStoreResponse, _ context: GatewayContext) -> ResponseBody {
        switch answer.body {
        case .none:
            // After a HEAD the length is that of the object, not of what follows.
            let length = answer.header("Content-Length").flatMap { Int($0) } ?? 0
            return ResponseBody(contentLength: length) { writer in try await writer.finish(nil) }
        case .text(let text):
            return ResponseBody(byteBuffer: ByteBuffer(string: text))
        case .object(let content):
            return ResponseBody(contentLength: content.range.count) { writer in
                for try await bytes in content.bytes {
                    try await writer.write(bytes)
                    try await context.writesReachedChannel()
                }
                try await writer.finish(nil)
            }
        }
    }
}
