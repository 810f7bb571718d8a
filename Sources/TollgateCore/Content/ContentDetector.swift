/// What leading bytes can be.
package struct DetectedContent: Hashable, Sendable {
    /// Recognised beyond chance.
    package let formats: Set<ContentFormat>
    /// Possible: too little to speak against another type.
    package let possible: Set<ContentFormat>
    /// Whether no byte rules text out.
    package let isText: Bool
    let mayBeJSON: Bool
    let mayBeXML: Bool
}

/// Recognises files by their leading bytes.
package enum ContentDetector {
    /// As many bytes as are looked at.
    package static let maximumBytes = 4_096

    package static func detect(_ leading: [UInt8]) -> DetectedContent {
        let text = LeadingText(leading)
        var formats: Set<ContentFormat> = []
        var possible: Set<ContentFormat> = []
        for signature in FileSignatures.all where signature.matches(leading) {
            if signature.isWeak { possible.insert(signature.format) } else { formats.insert(signature.format) }
        }
        if let format = text.format { formats.insert(format) }
        if let format = ISOMediaBrand.format(leading) { formats.insert(format) }
        if isTransportStream(leading) { formats.insert(.mpegTransport) }
        if isWindowsExecutable(leading, text) { formats.insert(.windowsExecutable) }
        if hasLatePDFHeader(leading) { possible.insert(.pdf) }
        return DetectedContent(
            formats: formats, possible: possible.subtracting(formats), isText: text.isText,
            mayBeJSON: text.mayBeJSON, mayBeXML: text.mayBeXML)
    }

    /// Sync bytes a packet apart; a packet has 188 bytes, or 192 with a time stamp before it.
    ///
    /// Source: ISO/IEC 13818-1, section 2.4.3.2; Blu-ray's M2TS.
    private static func isTransportStream(_ leading: [UInt8]) -> Bool {
        [(0, 188), (4, 192)].contains { first, packet in
            leading.count > first + 2 * packet && (0...2).allSatisfy { leading[first + $0 * packet] == 0x47 }
        }
    }

    /// `MZ`, and some byte of a header that no text has: two letters alone may begin any text. The shortest header has
    /// 28 bytes.
    ///
    /// Source: Microsoft, "PE Format", MS-DOS stub.
    private static func isWindowsExecutable(_ leading: [UInt8], _ text: LeadingText) -> Bool {
        leading.count >= 28 && leading.starts(with: "MZ".utf8) && !text.isText
    }

    /// Readers accept the header anywhere in the first 1,024 bytes.
    ///
    /// Source: Adobe PDF Reference 1.7, appendix H, implementation note 13.
    private static func hasLatePDFHeader(_ leading: [UInt8]) -> Bool {
        let head = leading.prefix(1_024)
        return head.indices.contains { head[$0] == UInt8(ascii: "%") && head[$0...].starts(with: "%PDF-".utf8) }
    }
}

/// The brand that an ISO base media file names first.
///
/// Source: ISO/IEC 14496-12, section 4.3; the brands of pictures: ISO/IEC 23008-12, annex B, and AVIF 1.1, section 6.
private enum ISOMediaBrand {
    static func format(_ leading: [UInt8]) -> ContentFormat? {
        guard leading.count >= 12, leading[4...].starts(with: "ftyp".utf8) else { return nil }
        switch String(decoding: leading[8..<12], as: UTF8.self) {
        case "avif", "avis": return .avif
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "msf1", "miaf":
            return .heif
        default: return .isoMedia
        }
    }
}
