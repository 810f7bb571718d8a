internal import OpenSSL

/// The Authorization header of a request to a service of AWS, with all of its headers signed.
///
/// Source: AWS General Reference, "Create a signed AWS API request".
package enum ServiceSignature {
    /// - Parameters:
    ///   - method: in upper case.
    ///   - path: percent-encoded, without a query.
    ///   - headers: all that are to be signed, `host` and `x-amz-date` among them; names in lower case.
    ///   - body: signed with the rest.
    ///   - credentials: whose key signs. A session token has to be among the headers already.
    ///   - scope: the day, region and service that the request is for.
    ///   - date: the value of `x-amz-date`.
    /// - Returns: the header's value.
    package static func authorization(
        method: String, path: String, headers: [PostForm.Field], body: String, credentials: S3Credentials,
        scope: CredentialScope, date: String
    ) -> String {
        // Names are ASCII, so that the order of strings is the order of bytes.
        let headers = headers.sorted { $0.name < $1.name }
        let request = SigV4.canonicalRequest(
            method: method, path: path, query: "", headers: headers, payload: Hex.encode(SHA256.hash(body)))
        let text = SigV4.stringToSign(canonicalRequest: request, date: date, scope: scope)
        let signature = SigningKey(secretAccessKey: credentials.secretAccessKey, scope: scope).signature(of: text)
        return "\(SigV4.algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
            + "SignedHeaders=\(headers.map(\.name).joined(separator: ";")), Signature=\(signature)"
    }
}
