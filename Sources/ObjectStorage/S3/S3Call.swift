internal import NIOCore
internal import NIOHTTP1
internal import OpenSSL
internal import TollgateCore

/// One call of an S3 API before it is signed.
struct S3Call: Sendable {
    /// The API's name of it, for the log.
    let operation: String
    let method: String
    var resource = AuthorizedRequest.Resource.bucket
    var query: [HeaderField] = []
    var headers: [HeaderField] = []
    var body = ByteBuffer()
    /// Whether it may be sent twice: its second time changes nothing.
    var isIdempotent = true

    /// The SHA-256 of the body is signed, so that a store takes nothing else for it.
    var payload: AuthorizedRequest.Payload {
        guard body.readableBytes > 0 else { return .empty }
        return .digest(body.withUnsafeReadableBytes { SHA256.hash($0) })
    }
}

/// A whole answer of a small call.
struct S3Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    /// The document in the body.
    ///
    /// Some calls answer 200 before their work is done, and tell of a failure in the body then.
    ///
    /// Source: Amazon S3 API Reference, "CompleteMultipartUpload".
    /// - Throws: ``S3Failure``: the refusal in the body, or a body that cannot be read.
    func document() throws(S3Failure) -> XMLTree {
        let tree = try XMLTree(body)
        guard tree.name != "Error" else { throw .refused(refusal(tree)) }
        return tree
    }

    /// What an answer that is no success says.
    var refusal: S3Refusal {
        do throws(S3Failure) { return refusal(try XMLTree(body)) } catch {
            // A HEAD has no body, and a proxy's has another form: the status is all there is.
            return refusal(nil)
        }
    }

    private func refusal(_ tree: XMLTree?) -> S3Refusal {
        S3Refusal(
            status: status, code: tree?.text("Code") ?? "HTTP\(status)", message: tree?.text("Message") ?? "",
            requestID: headers.first(name: "x-amz-request-id") ?? tree?.text("RequestId"))
    }
}
