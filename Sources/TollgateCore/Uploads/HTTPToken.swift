/// Tokens and quoted strings of HTTP fields (RFC 9110, sections 5.6.2 and 5.6.4), in ASCII.
enum HTTPToken {
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// `tchar`.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// What a quoted string may hold here: ASCII without control characters, the tab included, since the value becomes
    /// a form field that must be one line of text.
    static func isQuotable(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte)
    }

    static func quote(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

/// Reads the parts of a field from left to right.
struct HTTPTokenScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// `OWS`.
    mutating func skipSpace() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// - Returns: nil, with nothing read, when no token begins here.
    mutating func token() -> String? {
        let token = rest.prefix(while: HTTPToken.isTokenByte)
        guard !token.isEmpty else { return nil }
        rest.removeFirst(token.count)
        return String(decoding: token, as: UTF8.self)
    }

    /// - Returns: the text without quotes and escapes; nil when no quoted string begins here, or when it does not end.
    mutating func quotedString() -> String? {
        guard skip("\"") else { return nil }
        var value: [UInt8] = []
        while var byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = rest.popFirst() else { return nil }
                byte = escaped
            }
            guard HTTPToken.isQuotable(byte) else { return nil }
            value.append(byte)
        }
        return nil
    }
}
