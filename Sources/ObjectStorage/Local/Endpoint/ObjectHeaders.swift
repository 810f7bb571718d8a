internal import Foundation
internal import TollgateCore

/// The headers with which an object is served.
struct ObjectHeaders {
    private let object: StoredObject
    private let overrides: [HeaderField]

    /// The response headers that a signed query may set.
    ///
    /// Source: Amazon S3 API Reference, "GetObject", "Overriding response header values through the request".
    private static let overridable = [
        "content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding",
    ]

    /// - Throws: ``S3Error`` InvalidArgument for an override that would break the header.
    init(_ object: StoredObject, query: S3Query) throws(S3Error) {
        self.object = object
        var overrides: [HeaderField] = []
        for name in Self.overridable {
            guard let value = query["response-\(name)"], !value.isEmpty else { continue }
            guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw .argument("Header value holds control characters.", name: "response-\(name)", value: value)
            }
            overrides.append(HeaderField(name: name, value: value))
        }
        self.overrides = overrides
    }

    /// The headers that a 304 repeats (RFC 9110 section 15.4.5).
    var validators: [HeaderField] {
        [
            HeaderField(name: "ETag", value: "\"\(object.etag)\""),
            HeaderField(name: "Last-Modified", value: HTTPDate.format(object.lastModified)),
        ] + describing.filter { ["cache-control", "expires"].contains($0.name) }
    }

    /// The headers of a 200 or 206; with the checksum where the client asked for it and gets the whole object.
    func all(showsChecksum: Bool) -> [HeaderField] {
        var headers = [
            HeaderField(name: "Accept-Ranges", value: "bytes"),
            HeaderField(name: "ETag", value: "\"\(object.etag)\""),
            HeaderField(name: "Last-Modified", value: HTTPDate.format(object.lastModified)),
        ]
        headers += describing
        if showsChecksum, let checksum = object.checksumSHA256 {
            headers.append(HeaderField(name: "x-amz-checksum-sha256", value: Base64.encode(checksum)))
            headers.append(HeaderField(name: "x-amz-checksum-type", value: "FULL_OBJECT"))
        }
        headers.append(HeaderField(name: "X-Content-Type-Options", value: "nosniff"))
        headers.append(HeaderField(name: "Content-Security-Policy", value: contentSecurityPolicy))
        return headers
    }

    private var describing: [HeaderField] {
        let stored = [HeaderField(name: "content-type", value: object.contentType)] + object.headers
        return stored.filter { header in !overrides.contains { $0.name == header.name } } + overrides
    }

    /// Objects are strangers' files on the gateway's own origin: a page among them runs no script, sends no form and
    /// reads nothing there (Content Security Policy Level 3, `sandbox`). What browsers show as images, sound and film
    /// still shows. Their PDF viewers refuse to start in a sandbox; a PDF is no page, so it gets along without one.
    private var contentSecurityPolicy: String {
        let type = describing.first { $0.name == "content-type" }?.value ?? ""
        let essence = String(type.prefix { $0 != ";" }).trimmingBlanks().lowercased()
        let sources = "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'"
        return essence == "application/pdf" ? "\(sources); object-src 'self'" : "sandbox; \(sources)"
    }
}
