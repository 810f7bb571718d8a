/// How the text of a setting becomes a value: parsing, what is expected, and how the value is shown.
struct SettingKind<Value: Sendable>: Sendable {
    /// Whether a value may be shown.
    enum Disclosure: Sendable {
        /// Always, malformed ones too.
        case open
        /// Once parsed, by its own description; a malformed one may contain a password and is not shown.
        case parsedOnly
        case never
    }

    let expectation: String
    var unit: String?
    var disclosure: Disclosure = .open
    var isList = false
    /// Nil where the text is not what is expected.
    let parse: @Sendable (String) -> Value?
    let show: @Sendable (Value) -> String

    /// The message for a text that did not parse.
    func complaint(about text: String) -> String {
        guard !text.isEmpty else { return "the value is empty; expected \(expectation)" }
        guard disclosure == .open else { return "the value (not shown) is not \(expectation)" }
        return "\(Quoted(text)) is not \(expectation)"
    }
}

/// A text from outside, fit for one line of a message: quoted, cut short, control characters escaped.
struct Quoted: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        let escaped = text.unicodeScalars.prefix(60).map { $0.escaped(asASCII: true) }.joined()
        description = "\"" + escaped + (text.unicodeScalars.count > 60 ? "…" : "") + "\""
    }
}
