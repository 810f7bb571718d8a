/// Appends numbers of fixed width to ASCII bytes.
struct DigitWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func byte(_ scalar: Unicode.Scalar) { bytes.append(UInt8(ascii: scalar)) }

    mutating func ascii(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// The number with leading zeros; digits beyond the width are written too.
    mutating func number(_ value: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// `2026-11-22T10:00:00`
    mutating func dateAndTime(_ time: CivilTime) {
        number(time.year, width: 4)
        byte("-")
        number(time.month, width: 2)
        byte("-")
        number(time.day, width: 2)
        byte("T")
        timeOfDay(time)
    }

    /// `10:00:00`
    mutating func timeOfDay(_ time: CivilTime) {
        number(time.hour, width: 2)
        byte(":")
        number(time.minute, width: 2)
        byte(":")
        number(time.second, width: 2)
    }
}

/// Reads numbers of fixed width from ASCII text; anything else stops it.
struct DigitScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index == bytes.count }

    /// Exactly so many decimal digits.
    mutating func number(_ width: Int) -> Int? {
        guard index + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<index + width] {
            guard let digit = Self.digit(byte) else { return nil }
            value = value * 10 + digit
        }
        index += width
        return value
    }

    /// One to nine digits after a decimal point, in microseconds; what is finer is cut off.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while index < bytes.count, let digit = Self.digit(bytes[index]) {
            guard count < 9 else { return nil }
            if count < 6 { value = value * 10 + digit }
            count += 1
            index += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 6)..<6 { value *= 10 }
        return value
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    /// The position in the list of the word that stands here.
    mutating func word(of words: [String]) -> Int? {
        for (position, word) in words.enumerated() where bytes[index...].starts(with: word.utf8) {
            index += word.utf8.count
            return position
        }
        return nil
    }

    private static func digit(_ byte: UInt8) -> Int? {
        let digit = Int(byte) - Int(UInt8(ascii: "0"))
        return (0...9).contains(digit) ? digit : nil
    }
}
