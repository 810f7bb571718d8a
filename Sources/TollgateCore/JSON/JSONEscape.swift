/// The escapes that JSON demands inside a string (RFC 8259, section 7).
enum JSONEscape {
    private static let hexDigits = Array("0123456789abcdef".utf8)

    static func isNeeded(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Appends the escape of a byte that needs one: the short form where there is one.
    static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default: appendHexadecimal(UInt16(byte), to: &bytes)
        }
    }

    /// Appends `\uXXXX` for one UTF-16 code unit.
    static func appendCodeUnit(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        appendHexadecimal(unit, to: &bytes)
    }

    private static func appendHexadecimal(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "u"))
        for shift in stride(from: UInt16(12), through: 0, by: -4) { bytes.append(hexDigits[Int(unit >> shift & 15)]) }
    }
}
