package import Foundation
internal import OpenSSL

/// A request to an S3 API, signed with an Authorization header.
///
/// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a
/// Single Chunk".
package struct AuthorizedRequest: Sendable, Equatable {
    /// What a request is about.
    package enum Resource: Sendable, Equatable {
        case bucket
        case object(ObjectKey)
    }

    /// What `x-amz-content-sha256` says of the body.
    package enum Payload: Sendable, Equatable {
        case empty
        /// The SHA-256 of the body, 32 bytes.
        case digest([UInt8])
        /// The body is covered by nothing but the connection.
        case unsigned

        var text: String {
            switch self {
            case .empty: SigV4.emptyPayload
            case .digest(let bytes): Hex.encode(bytes)
            case .unsigned: SigV4.unsignedPayload
            }
        }
    }

    package let method: String
    /// With the query, as it is to go over the wire.
    package let url: String
    /// Everything to send but Host and Content-Length, which follow from URL and body.
    package let headers: [PostForm.Field]

    /// Signs a request. Every header that is given is signed, and so are the host and what the signature adds.
    ///
    /// - Parameters:
    ///   - method: `GET` for one.
    ///   - resource: the bucket, or an object in it.
    ///   - endpoint: the bucket's address.
    ///   - query: the parameters, not yet encoded.
    ///   - headers: each name once, in any case.
    ///   - payload: what is known of the body.
    ///   - signer: quick when its key is of the day of `now`.
    ///   - now: the instant to sign for, `x-amz-date`; stores tolerate a quarter of an hour.
    /// - Returns: the request.
    package static func sign(
        _ method: String, _ resource: Resource, at endpoint: S3Endpoint, query: [PostForm.Field] = [],
        headers: [PostForm.Field] = [], payload: Payload = .empty, with signer: S3Signer, now: Date
    ) -> AuthorizedRequest {
        let credentials = signer.credentials
        let date = ISO8601Basic.format(now)
        let key = signer.key(day: String(date.prefix(8)))
        var sent =
            headers + [
                PostForm.Field(name: "x-amz-content-sha256", value: payload.text),
                .init(name: "x-amz-date", value: date),
            ]
        if let token = credentials.sessionToken { sent.append(.init(name: "x-amz-security-token", value: token)) }

        let signed = (sent + [PostForm.Field(name: "host", value: endpoint.host)])
            .map { PostForm.Field(name: FormFields.lowercased($0.name), value: singleSpaced($0.value)) }
            .sorted { $0.name < $1.name }
        let canonicalQuery = S3Query(items: query).canonical
        let request = SigV4.canonicalRequest(
            method: method, path: endpoint.path(resource), query: canonicalQuery, headers: signed,
            payload: payload.text)
        let text = SigV4.stringToSign(canonicalRequest: request, date: date, scope: key.scope)
        let names = signed.map(\.name).joined(separator: ";")
        sent.append(
            .init(
                name: "Authorization",
                value: "\(SigV4.algorithm) Credential=\(signer.credential(of: key)),"
                    + "SignedHeaders=\(names),Signature=\(key.signature(of: text))"))
        let url = endpoint.url(resource)
        return AuthorizedRequest(
            method: method, url: canonicalQuery.isEmpty ? url : "\(url)?\(canonicalQuery)", headers: sent)
    }

    /// Without blanks around it, and with single ones inside.
    ///
    /// Source: AWS General Reference, "Create a signed AWS API request", canonical headers.
    private static func singleSpaced(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }
}

extension AuthorizedRequest: CustomStringConvertible, CustomReflectable {
    /// Neither the query nor the headers: both may permit something.
    package var description: String { "AuthorizedRequest(\(method))" }

    package var customMirror: Mirror { Mirror(self, children: ["method": method]) }
}
