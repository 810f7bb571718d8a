/// The header block of one part of a form.
///
/// Source: RFC 7578 section 4.2 (Content-Disposition with a name in every part; `filename*` is not for forms) and
/// section 4.8 (other header fields are ignored).
struct PartHeader: Equatable {
    let name: String
    let filename: String?
    let contentType: String?

    /// Takes the lines between the boundary's line and the empty line, without that empty line's CR LF.
    init(_ block: some Collection<UInt8>) throws(MultipartError) {
        var disposition: HeaderParameters?
        var contentType: String?
        for line in try Self.lines(of: Array(block)) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw .malformed("a line of a part's header has no colon")
            }
            let value = line[(colon + 1)...]
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-disposition":
                guard disposition == nil else { throw .malformed("a part has two Content-Dispositions") }
                disposition = try HeaderParameters(value)
            case "content-type":
                contentType = String(decoding: value, as: UTF8.self).trimmingBlanks()
            default:
                continue
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition["name"] else {
            throw .malformed("a part has no Content-Disposition: form-data with a name")
        }
        self.name = name
        self.filename = disposition["filename"]
        self.contentType = contentType
    }

    /// A line that begins with a blank continued the line before it (RFC 5322 section 2.2.3). Forms never need it,
    /// and parsers disagree on it, so it is refused, as is a CR or LF on its own.
    private static func lines(of block: [UInt8]) throws(MultipartError) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < block.count {
            let end = block[start...].firstIndex(of: 0x0D) ?? block.count
            let line = block[start..<end]
            guard end == block.count || (end + 1 < block.count && block[end + 1] == 0x0A) else {
                throw .malformed("a part's header holds a carriage return on its own")
            }
            guard let first = line.first, first != 0x20, first != 0x09, !line.contains(0x0A), !line.contains(0) else {
                throw .malformed("a part's header is not made of lines")
            }
            lines.append(line)
            start = end + 2
        }
        return lines
    }
}
