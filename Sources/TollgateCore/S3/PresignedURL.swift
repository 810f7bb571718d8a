package import Foundation

/// A URL that permits one method on one object for a while, without a header.
///
/// Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
package struct PresignedURL: Sendable, Equatable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
    }

    /// The longest life that Signature Version 4 allows, seven days in seconds.
    package static let longestLife = 604_800

    package let url: String
    /// When the store begins to refuse the URL; whole seconds.
    package let expiresAt: Date

    /// Signs a URL. Only the host is signed besides the query, so that browsers can follow it as it is.
    ///
    /// - Parameters:
    ///   - method: the only method permitted.
    ///   - key: the only object permitted.
    ///   - endpoint: the bucket's address.
    ///   - query: further parameters, `response-content-disposition` and `response-content-type` for two.
    ///   - seconds: the URL's life, held within 1 to 604,800 and within the life of temporary credentials.
    ///   - signer: quick when its key is of the day of `now`.
    ///   - now: the instant to sign for, `X-Amz-Date`.
    /// - Returns: the URL, which holds from now on and cannot be revoked.
    package static func sign(
        _ method: Method, _ key: ObjectKey, at endpoint: S3Endpoint, query: [PostForm.Field] = [],
        expiresIn seconds: Int, with signer: S3Signer, now: Date
    ) -> PresignedURL {
        sign(
            method.rawValue, key, at: endpoint, query: query, headers: [], expiresIn: seconds, with: signer, now: now)
    }

    /// The same for any method, and with headers that the request must then carry as they are.
    static func sign(
        _ method: String, _ key: ObjectKey, at endpoint: S3Endpoint, query: [PostForm.Field],
        headers: [PostForm.Field], expiresIn seconds: Int, with signer: S3Signer, now: Date
    ) -> PresignedURL {
        let credentials = signer.credentials
        let date = ISO8601Basic.format(now)
        let signingKey = signer.key(day: String(date.prefix(8)))
        var life = min(max(seconds, 1), longestLife)
        if let end = credentials.expiresAt {
            life = min(life, max(1, Int(end.timeIntervalSince(now).rounded(.down))))
        }

        let signedHeaders = ([PostForm.Field(name: "host", value: endpoint.host)] + headers)
            .map { PostForm.Field(name: FormFields.lowercased($0.name), value: $0.value) }
            .sorted { $0.name < $1.name }

        var items =
            query + [
                PostForm.Field(name: "X-Amz-Algorithm", value: SigV4.algorithm),
                .init(name: "X-Amz-Credential", value: signer.credential(of: signingKey)),
                .init(name: "X-Amz-Date", value: date),
                .init(name: "X-Amz-Expires", value: String(life)),
                .init(name: "X-Amz-SignedHeaders", value: signedHeaders.map(\.name).joined(separator: ";")),
            ]
        if let token = credentials.sessionToken { items.append(.init(name: "X-Amz-Security-Token", value: token)) }

        let canonicalQuery = S3Query(items: items).canonical
        let request = SigV4.canonicalRequest(
            method: method, path: endpoint.objectPath(key), query: canonicalQuery,
            headers: signedHeaders, payload: SigV4.unsignedPayload)
        let text = SigV4.stringToSign(canonicalRequest: request, date: date, scope: signingKey.scope)
        let signature = signingKey.signature(of: text)
        let signedAt = now.timeIntervalSince1970.rounded(.down)
        return PresignedURL(
            url: "\(endpoint.objectURL(key))?\(canonicalQuery)&X-Amz-Signature=\(signature)",
            expiresAt: Date(timeIntervalSince1970: signedAt + Double(life)))
    }
}
