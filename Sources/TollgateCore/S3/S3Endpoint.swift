/// Where a bucket is reached, and how its name travels: in the path or in the host.
///
/// Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
package struct S3Endpoint: Sendable, Equatable {
    /// `https://host[:port][/prefix]/bucket/key`, or `https://bucket.host[:port][/prefix]/key`.
    package enum Style: String, Sendable {
        case path
        case virtualHosted = "virtual-hosted"
    }

    package let bucket: String
    package let style: Style
    /// Host and port as a client sends them in the Host header: lower case, no default port.
    package let host: String
    private let scheme: String
    /// Empty, or beginning with a slash and ending without one; percent-encoded.
    private let prefix: String

    /// - Parameters:
    ///   - url: scheme, host, port and perhaps a path, `https://s3.eu-central-1.amazonaws.com` for one.
    ///   - bucket: the bucket's name.
    ///   - style: where the bucket's name goes.
    /// - Throws: ``S3EndpointError`` when the text is no such URL.
    package init(url: String, bucket: String, style: Style) throws(S3EndpointError) {
        guard !bucket.isEmpty else { throw .emptyBucket }
        guard let separator = url.firstRange(of: "://") else { throw .missingScheme }
        scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { throw .missingScheme }
        let rest = url[separator.upperBound...]
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .invalidCharacter }
        guard !rest.contains(where: { "?#@\\".contains($0) }) else { throw .invalidCharacter }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash].lowercased()
        let defaultPort = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(defaultPort) { authority.removeLast(defaultPort.count) }
        guard !authority.isEmpty, !authority.hasPrefix(":") else { throw .missingHost }
        var path = Array(URIEncoding.decode(rest[slash...], plusIsSpace: false))
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        prefix = URIEncoding.encode(path, keepingSlash: true)
        host = style == .path ? authority : "\(bucket).\(authority)"
        self.bucket = bucket
        self.style = style
    }

    /// Where forms are posted to.
    package var formURL: String { bucketURL }

    /// The bucket's own URL.
    package var bucketURL: String { "\(scheme)://\(host)\(bucketPath)" }

    /// An object's own URL, as in a Location header.
    package func objectURL(_ key: ObjectKey) -> String { "\(scheme)://\(host)\(objectPath(key))" }

    func url(_ resource: AuthorizedRequest.Resource) -> String { "\(scheme)://\(host)\(path(resource))" }

    /// The path of ``url(_:)``, as a signature covers it.
    func path(_ resource: AuthorizedRequest.Resource) -> String {
        switch resource {
        case .bucket: bucketPath
        case .object(let key): objectPath(key)
        }
    }

    /// The path of ``bucketURL``, as a signature covers it.
    var bucketPath: String { style == .path ? "\(prefix)/\(encodedBucket)" : "\(prefix)/" }

    /// The path of ``objectURL(_:)``, as a signature covers it.
    func objectPath(_ key: ObjectKey) -> String {
        let encoded = URIEncoding.encode(key.rawValue, keepingSlash: true)
        return style == .path ? "\(prefix)/\(encodedBucket)/\(encoded)" : "\(prefix)/\(encoded)"
    }

    private var encodedBucket: String { URIEncoding.encode(bucket, keepingSlash: false) }
}

/// Why a text is no endpoint of an S3 API.
package enum S3EndpointError: Error, Sendable, Equatable {
    case missingScheme
    case missingHost
    case invalidCharacter
    case emptyBucket
}
