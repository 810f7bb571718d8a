/// Percent-encoding as Signature Version 4 wants it: all but `A-Z a-z 0-9 - . _ ~`, capital hexadecimal digits.
///
/// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header", UriEncode().
package enum URIEncoding {
    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// Keeps the slashes of an object's path, and encodes those of a query's names and values.
    package static func encode(_ text: String, keepingSlash: Bool) -> String {
        encode(text.utf8, keepingSlash: keepingSlash)
    }

    static func encode(_ bytes: some Collection<UInt8>, keepingSlash: Bool) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            if isUnreserved(byte) || keepingSlash && byte == UInt8(ascii: "/") {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(hexDigits[Int(byte >> 4)])
                encoded.append(hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The bytes behind a percent-encoded text. A percent sign without two digits stands for itself, so that every
    /// text can be decoded. In queries a plus is a space, as forms write it.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> [UInt8] {
        let utf8 = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(utf8.count)
        var index = 0
        while index < utf8.count {
            let byte = utf8[index]
            if byte == UInt8(ascii: "%"), index + 2 < utf8.count, let high = digit(utf8[index + 1]),
                let low = digit(utf8[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
                continue
            }
            decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return decoded
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
