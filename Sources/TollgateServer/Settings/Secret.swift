/// A text that must never be shown: a key, a password, a token.
///
/// Every way Swift has of printing a value (description, debug description, `dump`, a mirror) gives `(hidden)`.
package struct Secret: Sendable, Equatable {
    /// What stands in the place of a secret wherever settings are shown.
    package static let placeholder = "(hidden)"

    /// The text itself, for the one place that needs it. Never pass it to a logger or an error.
    package let revealed: String

    /// Hides a text.
    package init(_ text: String) {
        revealed = text
    }

    /// The length of the text's UTF-8 form, which is what signs and encrypts.
    package var byteCount: Int { revealed.utf8.count }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Self.placeholder }
    package var debugDescription: String { Self.placeholder }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
