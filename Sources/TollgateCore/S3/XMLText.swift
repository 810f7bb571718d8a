/// The little XML that S3 speaks: elements with text, no attributes.
package struct XMLText: Sendable {
    package private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    package init() {}

    package mutating func open(_ name: String) { text += "<\(name)>" }

    package mutating func close(_ name: String) { text += "</\(name)>" }

    /// One element with its text, escaped.
    package mutating func element(_ name: String, _ value: String) {
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
        default: text.unicodeScalars.append(Self.isCharacter(scalar) ? scalar : "\u{FFFD}")
        }
    }

    /// Whether a text is read back as it was written; otherwise something in it was replaced.
    package static func holds(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isCharacter) }

    /// XML 1.0, section 2.2.
    private static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}": true
        default: false
        }
    }
}
