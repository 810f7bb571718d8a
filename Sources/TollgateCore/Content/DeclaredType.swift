/// A declared media type as the table of formats knows it.
struct DeclaredType {
    let type: String
    /// Without the `x-` of an unregistered one: `image/x-png` is `image/png` (RFC 6648 ended the custom).
    let subtype: String

    private var name: String { "\(type)/\(subtype)" }

    init(_ mediaType: MediaType) {
        type = mediaType.type
        let subtype = mediaType.subtype
        self.subtype = subtype.hasPrefix("x-") ? String(subtype.dropFirst(2)) : subtype
    }

    /// "Arbitrary binary data" (RFC 2046, section 4.5.1): every file is that.
    var saysNothing: Bool { subtype == "octet-stream" && (type == "application" || type == "binary") }

    /// A picture written as XML, such as `image/svg+xml`.
    var isXMLMedia: Bool { isMedia && subtype.hasSuffix("+xml") }

    var isJSON: Bool { subtype == "json" || subtype.hasSuffix("+json") }

    /// OpenDocument has a form of one XML file (OpenDocument 1.3, part 3, section 2.2.1).
    var isXML: Bool {
        !isMedia && (subtype == "xml" || subtype.hasSuffix("+xml") || subtype.hasSuffix("-flat-xml"))
    }

    /// Text that has no further form.
    var isPlainText: Bool {
        type == "text" || type == "message" || Self.textTypes.contains(name) || subtype.hasSuffix("+yaml")
    }

    /// Whether text is right under this type, whatever it says.
    var isText: Bool { isPlainText || isJSON || isXML || ContentFormat.oldOffice.contains(name) }

    /// What is shown, played or printed, and must not run.
    var isPassive: Bool { isMedia && !isXMLMedia || name == "application/pdf" }

    private var isMedia: Bool { ["image", "audio", "video", "font"].contains(type) }

    /// Whether the table has signatures of this type.
    var isKnown: Bool {
        isText || isXMLMedia || ContentFormat.listedTypes.contains(name)
            || ContentFormat.allCases.contains { $0.isFamily(of: type, subtype) }
    }

    /// Whether a file of this format may go by this type.
    func isConfirmed(by format: ContentFormat) -> Bool {
        format.mediaTypes.contains(name) || format.isFamily(of: type, subtype)
    }

    /// Whether a format is an image for an image type, a sound for a sound, and so on.
    func sharesKind(with format: ContentFormat) -> Bool {
        format.mediaTypes.contains { $0.hasPrefix(type + "/") }
    }

    /// Text under `application/`, without its `x-`.
    private static let textTypes: Set<String> = [
        "application/javascript", "application/ecmascript", "application/typescript", "application/yaml",
        "application/toml", "application/sql", "application/sh", "application/shellscript", "application/csh",
        "application/php", "application/httpd-php", "application/perl", "application/python", "application/ruby",
        "application/tcl", "application/latex", "application/tex", "application/ndjson", "application/jsonlines",
        "application/graphql", "application/subrip", "application/mpegurl", "application/vnd.apple.mpegurl",
        "application/csv", "application/pem-certificate-chain", "application/pem-file", "application/mbox",
        "application/n-triples", "application/n-quads", "application/trig", "application/sparql-query",
        "application/xml-dtd", "audio/mpegurl", "audio/scpls",
    ]
}
