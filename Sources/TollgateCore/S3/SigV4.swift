internal import OpenSSL

/// The strings of AWS Signature Version 4 for S3.
///
/// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a
/// Single Chunk" and "Authenticating Requests: Using Query Parameters".
enum SigV4 {
    static let algorithm = "AWS4-HMAC-SHA256"
    /// Stands for the body's digest where none is signed, as in every presigned URL.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    /// SHA-256 of no bytes at all.
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// The request as a signature covers it: the path percent-encoded, the query as ``S3Query/canonical`` gives it and
    /// without X-Amz-Signature, the signed headers in the order of their list, names in lower case, values trimmed.
    static func canonicalRequest(
        method: String, path: String, query: String, headers: [PostForm.Field], payload: String
    ) -> String {
        var text = "\(method)\n\(path)\n\(query)\n"
        for header in headers { text += "\(header.name):\(header.value)\n" }
        text += "\n"
        text += headers.map(\.name).joined(separator: ";")
        text += "\n\(payload)"
        return text
    }

    static func stringToSign(canonicalRequest: String, date: String, scope: CredentialScope) -> String {
        "\(algorithm)\n\(date)\n\(scope.text)\n\(Hex.encode(SHA256.hash(canonicalRequest)))"
    }
}
