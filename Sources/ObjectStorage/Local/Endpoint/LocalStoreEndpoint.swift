package import Foundation
package import NIOCore
package import TollgateCore

/// The S3 API of the embedded store, as far as clients of the gateway need it: POST forms into the bucket, GET and
/// HEAD of objects with a signed URL or header. It knows no HTTP server.
///
/// Source: Amazon S3 API Reference, "POST Object", "GetObject", "HeadObject".
package struct LocalStoreEndpoint: Sendable {
    let store: LocalObjectStore
    let judge: S3Judge
    let address: S3Endpoint
    /// How long a form may take to arrive.
    let slowestUpload: Duration
    /// Path of the bucket as clients sign it.
    private let bucketPath: String

    /// - Parameters:
    ///   - store: where the objects lie.
    ///   - judge: who may do what.
    ///   - address: how clients reach the bucket, path style.
    ///   - slowestUpload: how long a form may take to arrive: whoever counts on its being over can.
    package init(store: LocalObjectStore, judge: S3Judge, address: S3Endpoint, slowestUpload: Duration) {
        self.store = store
        self.judge = judge
        self.address = address
        self.slowestUpload = slowestUpload
        let url = address.formURL
        let host = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        bucketPath = String(host.drop { $0 != "/" })
    }

    /// Answers a request; refusals are answers too.
    ///
    /// - Throws: only what the request's own body throws, a client that went away for one. Nothing is stored then.
    package func respond<Body: AsyncSequence>(
        to request: LocalStoreRequest<Body>, at now: Date
    ) async throws -> LocalStoreResponse where Body.Element == ByteBuffer {
        var response: LocalStoreResponse
        do {
            response = try await answer(request, at: now)
        } catch let error as S3Error {
            response = refusal(error, request)
        } catch let error as ObjectStorageError {
            response = refusal(S3Error(error, key: request.path), request)
            if response.status >= 500 { response.cause = error }
        }
        response.headers.append(HeaderField(name: "x-amz-request-id", value: request.requestID))
        return response
    }

    private func answer<Body: AsyncSequence>(
        _ request: LocalStoreRequest<Body>, at now: Date
    ) async throws -> LocalStoreResponse where Body.Element == ByteBuffer {
        guard request.bucket.utf8.elementsEqual(store.bucket.utf8) else {
            throw S3Error.noSuchBucket(request.bucket)
        }
        let isBucket = request.path.isEmpty || request.path == "/"
        switch request.method {
        case "POST" where isBucket:
            return try await post(request, at: now)
        case "GET" where !isBucket, "HEAD" where !isBucket:
            let signed = SignedRequest(
                method: request.method, path: bucketPath + request.path, query: request.query,
                headers: request.headers)
            try judge.authenticate(signed, at: now)
            return try await get(request)
        default:
            throw S3Error.methodNotAllowed(request.method, resource: isBucket ? "BUCKET" : "OBJECT")
        }
    }

    private func refusal<Body: AsyncSequence>(
        _ error: S3Error, _ request: LocalStoreRequest<Body>
    ) -> LocalStoreResponse where Body.Element == ByteBuffer {
        let xml = error.xml(requestID: request.requestID)
        let isHead = request.method == "HEAD"
        var headers = [HeaderField(name: "Content-Type", value: "application/xml")]
        if !isHead { headers.append(HeaderField(name: "Content-Length", value: String(xml.utf8.count))) }
        switch error.status {
        case 405:
            let isBucket = request.path.isEmpty || request.path == "/"
            headers.append(HeaderField(name: "Allow", value: isBucket ? "POST, OPTIONS" : "GET, HEAD, OPTIONS"))
        case 416:
            if let size = error.elements.first(where: { $0.name == "ActualObjectSize" })?.value {
                headers.append(HeaderField(name: "Content-Range", value: "bytes */\(size)"))
            }
        case 503:
            headers.append(HeaderField(name: "Retry-After", value: "1"))
        default:
            break
        }
        return LocalStoreResponse(
            status: error.status, headers: headers, body: isHead ? .none : .text(xml))
    }
}
