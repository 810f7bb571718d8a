/// Bytes that a format has at a place: one row of the table.
package struct FileSignature: Sendable {
    package let format: ContentFormat
    /// Where the bytes stand, from the start of the file.
    package let offset: Int
    package let bytes: [UInt8]
    /// As long as `bytes`: only these bits count.
    package let mask: [UInt8]
    /// Short bytes occur by chance: they confirm their own type, and never speak against another.
    package let isWeak: Bool
    /// Where the row comes from.
    package let source: String

    /// Bytes as hexadecimal pairs; `..` stands for any byte. Spaces have no meaning.
    init(
        _ format: ContentFormat, _ hex: String, at offset: Int = 0, mask: [UInt8]? = nil, isWeak: Bool = false,
        source: String
    ) {
        let digits = Array(hex.utf8.filter { $0 != UInt8(ascii: " ") })
        let pairs = stride(from: 0, to: digits.count, by: 2).map { digits[$0..<min($0 + 2, digits.count)] }
        let values = pairs.map { UInt8(String(decoding: $0, as: UTF8.self), radix: 16) }
        self.init(
            format, values.map { $0 ?? 0 }, mask ?? values.map { $0 == nil ? 0 : 0xFF }, offset, isWeak, source)
    }

    /// Bytes as text.
    init(_ format: ContentFormat, text: String, at offset: Int = 0, isWeak: Bool = false, source: String) {
        let bytes = Array(text.utf8)
        self.init(format, bytes, bytes.map { _ in 0xFF }, offset, isWeak, source)
    }

    private init(
        _ format: ContentFormat, _ bytes: [UInt8], _ mask: [UInt8], _ offset: Int, _ isWeak: Bool, _ source: String
    ) {
        self.format = format
        self.bytes = bytes
        self.mask = mask
        self.offset = offset
        self.isWeak = isWeak
        self.source = source
    }

    /// Whether a file that begins so has these bytes in their place. Too short a file has not.
    package func matches(_ leading: some RandomAccessCollection<UInt8>) -> Bool {
        guard leading.count >= offset + bytes.count else { return false }
        return zip(leading.dropFirst(offset), zip(bytes, mask)).allSatisfy { $0 & $1.1 == $1.0 & $1.1 }
    }
}
