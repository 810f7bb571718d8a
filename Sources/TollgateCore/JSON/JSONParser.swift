/// Reads JSON strictly: what RFC 8259 leaves to taste (duplicate names, lone surrogates, a byte order mark) is refused.
package enum JSONParser {
    /// - Parameters:
    ///   - bytes: one JSON text in UTF-8, white space around it allowed.
    ///   - maximumDepth: how many arrays and objects may stand inside each other.
    /// - Returns: the value.
    /// - Throws: ``JSONError`` with the offset of the first fault.
    package static func parse(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
        return try reader.document()
    }
}

/// One pass over the bytes, recursive only as deep as allowed.
private struct JSONReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var index = 0
    private var depth = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let value = try value()
        skipWhitespace()
        guard index == bytes.count else { throw fault(.trailingBytes) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw fault(.unexpectedByte)
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        var members: [(name: String, value: JSONValue)] = []
        var names = NameSet()
        skipWhitespace()
        if try peek() != UInt8(ascii: "}") {
            while true {
                let start = index
                guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
                let name = try string()
                guard names.insert(name, besides: members) else { throw fault(.duplicateName, at: start) }
                skipWhitespace()
                guard try peek() == UInt8(ascii: ":") else { throw fault(.unexpectedByte) }
                index += 1
                skipWhitespace()
                members.append((name, try value()))
                skipWhitespace()
                guard try another(closing: UInt8(ascii: "}")) else { break }
            }
        }
        ascend()
        return JSONObject(members: members)
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        var elements: [JSONValue] = []
        skipWhitespace()
        if try peek() != UInt8(ascii: "]") {
            while true {
                elements.append(try value())
                skipWhitespace()
                guard try another(closing: UInt8(ascii: "]")) else { break }
            }
        }
        ascend()
        return elements
    }

    /// Whether a comma leads to a further element; else the closing mark must stand here.
    private mutating func another(closing mark: UInt8) throws(JSONError) -> Bool {
        let byte = try peek()
        if byte == mark { return false }
        guard byte == UInt8(ascii: ",") else { throw fault(.unexpectedByte) }
        index += 1
        skipWhitespace()
        return true
    }

    private mutating func string() throws(JSONError) -> String {
        let start = index
        index += 1
        var unescaped = JSONStringScanner(bytes: bytes, index: index)
        let text = try unescaped.scan(openedAt: start)
        index = unescaped.index
        return text
    }

    /// RFC 8259, section 6: an optional minus, no leading zeros, digits on both sides of a point.
    private mutating func number() throws(JSONError) -> String {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let leadingZero = index < bytes.count && bytes[index] == UInt8(ascii: "0")
        let integerDigits = skipDigits()
        guard integerDigits > 0, !(leadingZero && integerDigits > 1) else { throw fault(.invalidNumber, at: start) }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard skipDigits() > 0 else { throw fault(.invalidNumber, at: start) }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard skipDigits() > 0 else { throw fault(.invalidNumber, at: start) }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let start = index
        let matches = word.withUTF8Buffer { bytes[start...].starts(with: $0) }
        guard matches else { throw fault(.invalidLiteral) }
        index += word.utf8CodeUnitCount
        return value
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") <= 9 { index += 1 }
        return index - start
    }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func descend() throws(JSONError) {
        depth += 1
        guard depth <= maximumDepth else { throw fault(.tooDeep) }
        index += 1
    }

    private mutating func ascend() {
        depth -= 1
        index += 1
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard index < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[index]
    }

    private func fault(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(offset: offset ?? index, reason: reason)
    }
}

/// Tells a name that was there before. Small objects, the usual ones, are searched; large ones get a hash table, so
/// that a hostile object of ten thousand members costs no more than its length.
private struct NameSet {
    private static let searchedLimit = 16
    private var names: Set<[UInt8]> = []

    mutating func insert(_ name: String, besides members: [(name: String, value: JSONValue)]) -> Bool {
        if members.count < Self.searchedLimit {
            return !members.contains { $0.name.hasSameBytes(as: name) }
        }
        if names.isEmpty {
            for member in members { names.insert(Array(member.name.utf8)) }
        }
        return names.insert(Array(name.utf8)).inserted
    }
}
