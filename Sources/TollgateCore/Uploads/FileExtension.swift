/// The end of a file's name, fit for an object key: 1 to 16 of `a-z` and `0-9`, without the dot.
package struct FileExtension: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Returns: nil when the text, in lower case, is anything else. Nothing is cut off or left out: a shortened
    ///   extension would claim another type.
    package init?(_ text: some StringProtocol) {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            default: return nil
            }
            if bytes.count > 16 { return nil }
        }
        guard !bytes.isEmpty else { return nil }
        rawValue = String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { rawValue }
}
