/// Why a text cannot be a name.
package enum PlainTextProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(maximumCharacters: Int)
    case controlCharacter

    package var description: String {
        switch self {
        case .empty: "must not be empty"
        case .tooLong(let maximum): "must be at most \(maximum) characters long"
        case .controlCharacter: "must not contain control characters"
        }
    }
}

/// The rule that every name given by a user follows: one line of text that shows as what it is.
///
/// Looks at Unicode scalars, never at Swift's characters: a slash with a combining mark after it is another character
/// to Swift, but still a slash to whoever reads the bytes. Scalars are also what PostgreSQL's `char_length` counts.
enum PlainText {
    static let maximumCharacters = 255

    /// - Throws: ``PlainTextProblem`` for the first rule that the text breaks.
    static func check(_ text: String) throws(PlainTextProblem) {
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            if count > maximumCharacters { throw .tooLong(maximumCharacters: maximumCharacters) }
            if breaksLine(scalar) || reordersText(scalar) { throw .controlCharacter }
        }
        if count == 0 { throw .empty }
    }

    /// C0 and C1 controls with DEL (Unicode category Cc), and the line and paragraph separators.
    private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Bidirectional embeddings, overrides and isolates (Unicode Standard Annex #9, section 2): with them `gpj.exe`
    /// shows as `exe.jpg`. The plain marks (LRM, RLM) only order neighbours, and names in Arabic and Hebrew need them.
    private static func reordersText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
