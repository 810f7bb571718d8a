/// Reads the inside of one JSON string (RFC 8259, section 7), from after its opening quotation mark.
struct JSONStringScanner {
    private let bytes: [UInt8]
    /// After ``scan(openedAt:)``: behind the closing quotation mark.
    private(set) var index: Int

    init(bytes: [UInt8], index: Int) {
        self.bytes = bytes
        self.index = index
    }

    /// Answers the text up to the closing mark. Faults of the whole string name the offset of its opening mark.
    mutating func scan(openedAt start: Int) throws(JSONError) -> String {
        let first = index
        var seen: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            seen |= byte
            switch byte {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                // ASCII, as nearly all strings are, needs no validation, which costs more than all the rest.
                if seen < 0x80 { return String(decoding: bytes[first..<index], as: UTF8.self) }
                return try text(bytes[first..<index], openedAt: start)
            case UInt8(ascii: "\\"):
                return try scanEscaped(from: first, openedAt: start)
            case 0..<0x20:
                throw JSONError(offset: index, reason: .controlCharacter)
            default: index += 1
            }
        }
        throw JSONError(offset: index, reason: .unexpectedEnd)
    }

    /// The slower way of strings with a backslash: copies runs, and unescapes between them.
    private mutating func scanEscaped(from first: Int, openedAt start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[first..<index])
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return try text(unescaped[...], openedAt: start)
            case UInt8(ascii: "\\"):
                try appendEscape(to: &unescaped)
            case 0..<0x20:
                throw JSONError(offset: index, reason: .controlCharacter)
            default:
                unescaped.append(byte)
                index += 1
            }
        }
        throw JSONError(offset: index, reason: .unexpectedEnd)
    }

    private mutating func appendEscape(to unescaped: inout [UInt8]) throws(JSONError) {
        let backslash = index
        guard index + 1 < bytes.count else { throw JSONError(offset: bytes.count, reason: .unexpectedEnd) }
        let mark = bytes[index + 1]
        index += 2
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(mark)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try codePoint(escapedAt: backslash)
            unescaped.append(contentsOf: String(scalar).utf8)
        default: throw JSONError(offset: backslash, reason: .invalidEscape)
        }
    }

    /// The code point of `\uXXXX`, or of the two escapes of a surrogate pair.
    private mutating func codePoint(escapedAt backslash: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal(escapedAt: backslash)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw JSONError(offset: backslash, reason: .loneSurrogate) }
        index += 2
        let second = try hexadecimal(escapedAt: index - 2)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + ((first - 0xD800) << 10 | (second - 0xDC00)))
        else { throw JSONError(offset: backslash, reason: .loneSurrogate) }
        return scalar
    }

    private mutating func hexadecimal(escapedAt backslash: Int) throws(JSONError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw JSONError(offset: bytes.count, reason: .unexpectedEnd) }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(offset: backslash, reason: .invalidEscape)
            }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }

    private func text(_ utf8: ArraySlice<UInt8>, openedAt start: Int) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw JSONError(offset: start, reason: .invalidUTF8)
        }
        return text
    }
}
