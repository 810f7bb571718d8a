/// A `numeric` as its exact decimal text, such as `-12.500` or `NaN`.
package struct NumericText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

/// Bound as text, for which the server has the better parser.
extension NumericText: PostgresEncodable {
    package static var postgresType: PostgresType { .numeric }
    package static var postgresFormat: PostgresFormat { .text }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }
}

/// Read from the binary form: the count of base-10000 digits, the first one's weight, sign, display scale, the digits.
///
/// Source: PostgreSQL, `numeric_send` in `src/backend/utils/adt/numeric.c`.
extension NumericText: PostgresDecodable {
    package static func accepts(_ type: PostgresType) -> Bool { type == .numeric }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        var cursor = WireCursor()
        let count = Int(try cursor.read(UInt16.self, from: bytes))
        let weight = Int(try cursor.read(Int16.self, from: bytes))
        let sign = try cursor.read(UInt16.self, from: bytes)
        let scale = Int(try cursor.read(UInt16.self, from: bytes))
        var digits: [Int] = []
        for _ in 0..<count {
            let digit = Int(try cursor.read(UInt16.self, from: bytes))
            guard digit < 10_000 else { throw .malformed }
            digits.append(digit)
        }
        guard cursor.remaining(in: bytes) == 0 else { throw .malformed }

        switch sign {
        case 0x0000: self.init(Self.text(of: digits, weight: weight, scale: scale))
        case 0x4000: self.init("-" + Self.text(of: digits, weight: weight, scale: scale))
        case 0xC000: self.init("NaN")
        case 0xD000: self.init("Infinity")
        case 0xF000: self.init("-Infinity")
        default: throw .malformed
        }
    }

    /// `digits[i]` counts 10000 to the power of `weight - i`; absent digits are zero.
    private static func text(of digits: [Int], weight: Int, scale: Int) -> String {
        func group(_ power: Int) -> Int {
            let index = weight - power
            return digits.indices.contains(index) ? digits[index] : 0
        }
        func padded(_ group: Int) -> String { String(String(group + 10_000).dropFirst()) }

        var whole = String(group(max(weight, 0)))
        for power in stride(from: weight - 1, through: 0, by: -1) { whole += padded(group(power)) }
        guard scale > 0 else { return whole }
        let groups = (scale + 3) / 4
        let fraction = (1...groups).map { padded(group(-$0)) }.joined()
        return whole + "." + fraction.prefix(scale)
    }
}
