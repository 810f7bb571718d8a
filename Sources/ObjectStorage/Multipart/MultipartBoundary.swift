/// The delimiter of a multipart body, from its Content-Type.
///
/// Source: RFC 2046 section 5.1.1 (1 to 70 characters of a given set, no space at the end), RFC 7578 section 4.1.
package struct MultipartBoundary: Sendable, Equatable {
    /// The characters between `--` and the line's end.
    package let bytes: [UInt8]

    /// - Throws: ``MultipartError/notMultipart`` for another media type, ``MultipartError/invalidBoundary``.
    package init(contentType: String?) throws(MultipartError) {
        guard let contentType else { throw .notMultipart }
        let mediaType = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
        let name = String(decoding: mediaType, as: UTF8.self).trimmingBlanks().lowercased()
        guard name == "multipart/form-data" else { throw .notMultipart }
        let parameters: HeaderParameters
        do { parameters = try HeaderParameters(contentType.utf8) } catch { throw .invalidBoundary }
        try self.init(parameters["boundary"] ?? "")
    }

    /// - Throws: ``MultipartError/invalidBoundary``.
    package init(_ boundary: String) throws(MultipartError) {
        let bytes = Array(boundary.utf8)
        guard (1...70).contains(bytes.count), bytes.allSatisfy(Self.isAllowed), bytes.last != 0x20 else {
            throw .invalidBoundary
        }
        self.bytes = bytes
    }

    private static let punctuation = Array("'()+_,-./:=? ".utf8)

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default:
            punctuation.contains(byte)
        }
    }
}

extension String {
    /// The text without spaces and tabs at either end.
    func trimmingBlanks() -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let head = utf8.drop(while: isBlank)
        guard let last = head.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(decoding: head[...last], as: UTF8.self)
    }
}
