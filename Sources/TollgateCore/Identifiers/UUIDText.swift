package import Foundation

/// The usual text of a UUID: 36 characters, hexadecimal in groups of 8-4-4-4-12 (RFC 9562, section 4).
package enum UUIDText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// - Returns: nil for every other form: braces, `urn:uuid:`, missing hyphens, spaces. Upper case is accepted, as
    ///   the RFC asks of readers.
    package static func parse(_ text: String) -> UUID? {
        var text = text
        return text.withUTF8 { utf8 in
            guard utf8.count == 36 else { return nil }
            var (high, low): (UInt64, UInt64) = (0, 0)
            for index in 0..<36 {
                if isHyphen(index) {
                    guard utf8[index] == UInt8(ascii: "-") else { return nil }
                    continue
                }
                guard let value = value(utf8[index]) else { return nil }
                high = high << 4 | low >> 60
                low = low << 4 | value
            }
            return UUID(high: high, low: low)
        }
    }

    /// Lower case, as RFC 9562 asks of writers.
    package static func format(_ uuid: UUID) -> String {
        let (high, low) = uuid.halves
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var nibble = 0
            for index in 0..<36 {
                if isHyphen(index) {
                    buffer[index] = UInt8(ascii: "-")
                    continue
                }
                let half = nibble < 16 ? high : low
                buffer[index] = digits[Int(half >> UInt64(60 - nibble % 16 * 4) & 15)]
                nibble += 1
            }
            return 36
        }
    }

    private static func isHyphen(_ index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }

    private static func value(_ digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(digit - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension UUID {
    /// From its 128 bits, big-endian.
    init(high: UInt64, low: UInt64) {
        func byte(_ half: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: half >> (56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// Its 128 bits, big-endian.
    var halves: (high: UInt64, low: UInt64) {
        withUnsafeBytes(of: uuid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
