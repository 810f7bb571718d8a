/// The little XML that S3 answers with: elements with text, no attributes.
struct XMLText {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    mutating func open(_ name: String) { text += "<\(name)>" }

    mutating func close(_ name: String) { text += "</\(name)>" }

    /// One element with its text, escaped.
    mutating func element(_ name: String, _ value: String) {
        open(name)
        for scalar in value.unicodeScalars { append(scalar) }
        close(name)
    }

    /// Escapes what XML 1.0 section 2.4 wants escaped, and replaces what section 2.2 ("Characters") forbids in
    /// any form by U+FFFD, so that what a client sent can never make the answer unreadable.
    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\"": text += "&quot;"
        // A bare carriage return would be read back as a line feed (XML 1.0, section 2.11).
        case "\r": text += "&#13;"
        case "\t", "\n", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
            text.unicodeScalars.append(scalar)
        default: text += "\u{FFFD}"
        }
    }
}
