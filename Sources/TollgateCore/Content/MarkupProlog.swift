/// What may stand before the first tag of an XML document: declaration, processing instructions, comments, document
/// type.
///
/// Source: XML 1.0, section 2.8.
enum MarkupProlog {
    /// The name of the first tag, in lower case; nil where it does not begin in these bytes.
    static func root(_ text: [UInt8]) -> String? {
        var rest = text[...]
        while true {
            rest = rest.drop(while: LeadingText.isSpace)
            if rest.starts(with: "<?".utf8) {
                guard let next = behind("?>", in: rest) else { return nil }
                rest = next
            } else if rest.starts(with: "<!--".utf8) {
                guard let next = behind("-->", in: rest.dropFirst(4)) else { return nil }
                rest = next
            } else if rest.starts(with: "<!".utf8) {
                guard let next = behindDeclaration(rest.dropFirst(2)) else { return nil }
                rest = next
            } else {
                return name(rest)
            }
        }
    }

    private static func name(_ rest: ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "<") else { return nil }
        let name = rest.dropFirst().prefix { !LeadingText.isSpace($0) && !"/>".utf8.contains($0) }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self).lowercased()
    }

    private static func behind(_ end: String, in text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let end = Array(end.utf8)
        return text.indices.first { text[$0...].starts(with: end) }.map { text[($0 + end.count)...] }
    }

    /// A document type may hold declarations in brackets.
    private static func behindDeclaration(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ">") where depth <= 0: return text[(index + 1)...]
            default: continue
            }
        }
        return nil
    }
}
