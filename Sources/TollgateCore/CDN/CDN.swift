package import Foundation
package import OpenSSL

/// The CDN in front of the bucket: each object at `<URL>/<key>`, open to all or behind CloudFront's signatures.
package struct CDN: Sendable {
    private let url: String
    private let signer: CloudFrontSigner?

    /// - Parameters:
    ///   - url: absolute, without a query and without a slash at its end.
    ///   - signer: nil where the CDN asks for no signature.
    package init(url: String, signer: CloudFrontSigner?) {
        self.url = url
        self.signer = signer
    }

    /// A link to one object.
    ///
    /// Without a signer it is the bare URL: it does not end, and it carries no query, for S3 refuses `response-*` of
    /// anonymous requests (Amazon S3 API Reference, "GetObject") and each query would be cached apart.
    ///
    /// - Parameters:
    ///   - key: the object.
    ///   - query: parameters that CloudFront hands on to the store, `response-content-disposition` for one.
    ///   - seconds: the signed link's life.
    ///   - now: the instant from which it is counted.
    /// - Returns: the link.
    /// - Throws: `OpenSSLError` when the key cannot sign.
    package func link(
        to key: ObjectKey, query: [PostForm.Field], expiresIn seconds: Int, now: Date
    ) throws(OpenSSLError) -> CDNLink {
        let object = "\(url)/\(URIEncoding.encode(key.rawValue, keepingSlash: true))"
        guard let signer else { return CDNLink(url: object, expiresAt: nil) }
        let whole = query.isEmpty ? object : "\(object)?\(S3Query(items: query).canonical)"
        let end = Int64(now.timeIntervalSince1970.rounded(.down)) + Int64(seconds)
        return CDNLink(
            url: try signer.sign(whole, expiresAtEpoch: end), expiresAt: Date(timeIntervalSince1970: Double(end)))
    }
}

/// Where an object is read from a CDN.
package struct CDNLink: Sendable, Equatable {
    package let url: String
    /// When the CDN begins to refuse it; nil where it never does.
    package let expiresAt: Date?
}
