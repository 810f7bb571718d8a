/// The value of a Content-Disposition header (RFC 6266).
package enum ContentDisposition: String, Sendable, CaseIterable {
    /// Browsers show the file.
    case inline
    /// Browsers save the file.
    case attachment

    /// An ASCII name for old clients, and the real one percent-encoded where it has other characters (RFC 8187).
    ///
    /// A percent sign does not stay in the plain name: some clients decode it (RFC 6266, appendix D). Control
    /// characters become `_` in both names, so that no reader can find the end of a line in them.
    package func header(fileName: String) -> String {
        var plain = ""
        var isPlain = true
        var extended = ""
        for scalar in fileName.unicodeScalars {
            if Self.isPlain(scalar) {
                plain.unicodeScalars.append(scalar)
            } else {
                plain += "_"
                isPlain = false
            }
            Self.append(scalar.properties.generalCategory == .control ? "_" : scalar, to: &extended)
        }
        let header = "\(rawValue); filename=\"\(plain)\""
        return isPlain ? header : header + "; filename*=UTF-8''" + extended
    }

    /// What a quoted string holds without an escape, and no client takes for one.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        ("\u{20}"..."\u{7E}").contains(scalar) && !["\"", "\\", "%"].contains(scalar)
    }

    private static func append(_ scalar: Unicode.Scalar, to encoded: inout String) {
        for byte in UTF8.encode(scalar).map(Array.init) ?? [] {
            if attributeCharacters.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    /// The characters that RFC 8187, section 3.2.1 leaves as they are (`attr-char`).
    private static let attributeCharacters = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~".utf8)
}
