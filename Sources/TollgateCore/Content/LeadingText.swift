/// Leading bytes read as text.
///
/// Source: WHATWG MIME Sniffing, sections 5.2 (binary data bytes, byte order marks), 7.1 (HTML).
struct LeadingText {
    /// Whether there is no byte that text cannot have.
    let isText: Bool
    /// Behind the byte order mark and white space. Of UTF-16 only what is ASCII can be told apart.
    let body: [UInt8]

    init(_ leading: [UInt8]) {
        let (text, isMarked) = Self.withoutMark(leading)
        isText = isMarked || !leading.contains(where: Self.isBinary)
        body = Array(text.drop(while: Self.isSpace))
    }

    /// Whether this looks like JSON: a value's first character (RFC 8259, section 3).
    var mayBeJSON: Bool { isText && (body.isEmpty || #"{["-0123456789tfn"#.utf8.contains(body[0])) }

    /// Whether this can be XML: nothing may stand before the first tag.
    var mayBeXML: Bool { isText && body.first == UInt8(ascii: "<") }

    /// What the text is, where its first tag or line tells.
    var format: ContentFormat? {
        if isScript { return .script }
        guard body.first == UInt8(ascii: "<") else { return nil }
        // What stands before an XML document's first tag is skipped: it decides what the rest is.
        let root = MarkupProlog.root(body)
        if let root, Self.localName(root) == "svg" { return .svg }
        if starts(with: "<?xml") { return root.map { $0 == "html" } == true ? .html : .xml }
        if starts(with: "<!--") { return root == nil ? .xml : .html }
        return Self.htmlStarts.contains(where: isTag) ? .html : nil
    }

    /// `#!` and a path (POSIX leaves it open; Linux, execve(2)), which sound files such as `#!AMR` have not; or PHP.
    private var isScript: Bool {
        if starts(with: "<?php") || starts(with: "<?=") { return true }
        guard starts(with: "#!") else { return false }
        return body.dropFirst(2).drop { $0 == 0x20 || $0 == 0x09 }.first == UInt8(ascii: "/")
    }

    /// WHATWG's list, and the tags behind which scripts hide as well.
    private static let htmlStarts = [
        "<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A", "<STYLE",
        "<TITLE", "<B", "<BODY", "<BR", "<P", "<META", "<LINK", "<BASE", "<IMG", "<SVG", "<MATH", "<FORM", "<OBJECT",
        "<EMBED", "<VIDEO", "<AUDIO", "<DETAILS",
    ]

    /// A tag and the byte that ends its name (WHATWG: space or `>`; parsers take white space and `/` as well).
    private func isTag(_ tag: String) -> Bool {
        guard starts(with: tag) else { return false }
        let end = body.dropFirst(tag.utf8.count).first
        return end.map { Self.isSpace($0) || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "/") } ?? true
    }

    /// Letters in any case.
    private func starts(with text: String) -> Bool {
        body.count >= text.utf8.count && zip(body, text.utf8).allSatisfy { Self.lower($0) == Self.lower($1) }
    }

    private static func localName(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// "Binary data byte": control characters that text does not have. Escape is not one of them.
    private static func isBinary(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x08, 0x0B, 0x0E...0x1A, 0x1C...0x1F: true
        default: false
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20: true
        default: false
        }
    }

    private static func withoutMark(_ leading: [UInt8]) -> (text: [UInt8], isMarked: Bool) {
        if leading.starts(with: [0xEF, 0xBB, 0xBF]) {
            let rest = Array(leading.dropFirst(3))
            return (rest, !rest.contains(where: isBinary))
        }
        if leading.starts(with: [0xFE, 0xFF]) { return (ascii(leading.dropFirst(2), highByte: 0), true) }
        if leading.starts(with: [0xFF, 0xFE]) { return (ascii(leading.dropFirst(2), highByte: 1), true) }
        return (leading, false)
    }

    /// The code units of UTF-16 that are ASCII; every other one as a question mark.
    private static func ascii(_ bytes: ArraySlice<UInt8>, highByte: Int) -> [UInt8] {
        let units = Array(bytes)
        return stride(from: 0, to: units.count - units.count % 2, by: 2).map { index in
            units[index + highByte] == 0 ? units[index + 1 - highByte] : UInt8(ascii: "?")
        }
    }
}
