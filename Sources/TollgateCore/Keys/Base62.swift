internal import Foundation

/// Numbers and random text in the digits `0-9A-Za-z`.
package enum Base62 {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    package static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Bytes as one big-endian number, padded with zeros on the left to as many digits as the largest number of that
    /// many bytes has: 43 for 32 bytes.
    ///
    /// Every number has its own text, so that random bytes become random text without any bias.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var number = Array(bytes)
        let width = (Double(number.count * 8) / log2(62)).rounded(.up)
        var text = [UInt8](repeating: digits[0], count: Int(width))
        for index in text.indices.reversed() {
            text[index] = digits[divide(&number)]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The 6 digits of a 32-bit number (62^6 is above 2^32).
    package static func encode(_ number: UInt32) -> String {
        var (rest, text) = (number, [UInt8](repeating: digits[0], count: 6))
        for index in text.indices.reversed() {
            text[index] = digits[Int(rest % 62)]
            rest /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Random digits, from a source that gives as many random bytes as it is asked for.
    ///
    /// A byte of 248 or more is thrown away and another asked for: 248 is the largest multiple of 62 that a byte can
    /// hold, and to keep the rest would make the first digits likelier than the others.
    package static func digits<Failure: Error>(
        count: Int, random: (_ count: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) -> String {
        var text: [UInt8] = []
        while text.count < count {
            for byte in try random(count - text.count) where byte < 248 && text.count < count {
                text.append(digits[Int(byte % 62)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Divides a big-endian number by 62 in place and answers the remainder.
    private static func divide(_ number: inout [UInt8]) -> Int {
        number.indices.reduce(0) { remainder, index in
            let value = remainder << 8 | Int(number[index])
            number[index] = UInt8(value / 62)
            return value % 62
        }
    }
}
