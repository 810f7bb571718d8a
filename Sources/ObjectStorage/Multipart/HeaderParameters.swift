/// A header value with parameters: `form-data; name="a"; filename="b"`.
///
/// Quoted strings are read as browsers write them in a form: `"`, CR and LF arrive as `%22`, `%0D`, `%0A` (WHATWG
/// HTML, "Multipart form data"); older clients write `\"` and `\\`; and a lone backslash is a backslash, because
/// some browsers sent whole Windows paths.
struct HeaderParameters: Equatable {
    /// What stands before the first `;`, in lower case.
    let value: String
    /// Parameters in order, their names in lower case.
    let parameters: [(name: String, value: String)]

    init(_ bytes: some Collection<UInt8>) throws(MultipartError) {
        var scanner = ParameterScanner(Array(bytes))
        value = try scanner.text(scanner.token(until: [.semicolon])).lowercased()
        var parameters: [(name: String, value: String)] = []
        while scanner.take(.semicolon) {
            scanner.skipBlanks()
            if scanner.isAtEnd { break }
            let name = try scanner.text(scanner.token(until: [.semicolon, .equals])).lowercased()
            guard !name.isEmpty, scanner.take(.equals) else { throw .malformed("a header parameter has no value") }
            scanner.skipBlanks()
            let raw = scanner.take(.quote) ? try scanner.quoted() : scanner.token(until: [.semicolon])
            guard !parameters.contains(where: { $0.name == name }) else {
                throw .malformed("a header parameter is given twice")
            }
            parameters.append((name, try scanner.text(raw)))
            scanner.skipBlanks()
        }
        guard scanner.isAtEnd else { throw .malformed("a header value is followed by something else") }
        self.parameters = parameters
    }

    /// The named parameter's value; `name` in lower case.
    subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    static func == (left: Self, right: Self) -> Bool {
        left.value == right.value && left.parameters.elementsEqual(right.parameters, by: ==)
    }
}

extension UInt8 {
    fileprivate static let semicolon = UInt8(ascii: ";")
    fileprivate static let equals = UInt8(ascii: "=")
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let percent = UInt8(ascii: "%")
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
}

private struct ParameterScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skipBlanks() {
        while position < bytes.count, bytes[position].isBlank { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// The bytes up to a stop byte or the end, without the blanks around them.
    mutating func token(until stops: [UInt8]) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count, !stops.contains(bytes[position]) { position += 1 }
        let token = bytes[start..<position].drop { $0.isBlank }
        guard let last = token.lastIndex(where: { !$0.isBlank }) else { return [] }
        return token[...last]
    }

    /// The rest of a quoted string, whose opening quote was taken.
    mutating func quoted() throws(MultipartError) -> ArraySlice<UInt8> {
        var value: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case .quote:
                return value[...]
            case .backslash where escapesNext:
                value.append(bytes[position])
                position += 1
            case .percent:
                value.append(formEscape() ?? byte)
            default:
                value.append(byte)
            }
        }
        throw .malformed("a quoted string does not end")
    }

    /// A backslash escapes a backslash, and a quote unless that quote is the one that ends the string.
    private var escapesNext: Bool {
        guard position < bytes.count else { return false }
        if bytes[position] == .backslash { return true }
        return bytes[position] == .quote && bytes[(position + 1)...].contains(.quote)
            && bytes[(position + 1)...].first { !$0.isBlank } != .semicolon
    }

    /// The three escapes of browsers, and no others: a `%41` in a file's name is three characters.
    private mutating func formEscape() -> UInt8? {
        guard position + 2 <= bytes.count else { return nil }
        let decoded: UInt8
        switch (bytes[position], bytes[position + 1] | 0x20) {
        case (UInt8(ascii: "2"), UInt8(ascii: "2") | 0x20): decoded = .quote
        case (UInt8(ascii: "0"), UInt8(ascii: "d")): decoded = 0x0D
        case (UInt8(ascii: "0"), UInt8(ascii: "a")): decoded = 0x0A
        default: return nil
        }
        position += 2
        return decoded
    }

    func text(_ bytes: ArraySlice<UInt8>) throws(MultipartError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("a header is not UTF-8") }
        return text
    }
}
