package import NIOCore
internal import TollgateCore

/// A request to the embedded store, as the HTTP server received it.
package struct LocalStoreRequest<Body: AsyncSequence> where Body.Element == ByteBuffer {
    package var method: String
    /// The decoded name of the bucket, the path's first component behind the endpoint's own.
    package var bucket: String
    /// What follows the bucket in the path, percent-encoded as on the wire: empty, `/`, or `/` and a key.
    package var path: String
    /// Raw, without "?".
    package var query: String
    /// In the order received, names in any case; the Host header among them.
    package var headers: [HeaderField]
    package var body: Body
    /// Shown to the client as `x-amz-request-id`.
    package var requestID: String

    package init(
        method: String, bucket: String, path: String, query: String, headers: [HeaderField], body: Body,
        requestID: String
    ) {
        self.method = method
        self.bucket = bucket
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.requestID = requestID
    }

    /// The first value of a header; `name` in lower case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }
}

/// What the HTTP server sends back.
package struct LocalStoreResponse: Sendable {
    package enum Body: Sendable {
        case none
        case text(String)
        case object(ObjectContent)
    }

    package var status: Int
    /// Content-Length is among them unless the status allows no body; after a HEAD it tells the object's size.
    package var headers: [HeaderField]
    package var body: Body
    /// What broke inside, for the log; nil when the answer is the client's own doing.
    package var cause: (any Error)?

    /// The first value of a header; `name` in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
