/// What a tenant's admin calls an API key.
///
/// 1 to 255 characters (Unicode scalars) without control characters.
package struct APIKeyName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Throws: ``PlainTextProblem`` for the first rule that the text breaks.
    package init(_ text: String) throws(PlainTextProblem) {
        try PlainText.check(text)
        rawValue = text
    }

    package var description: String { rawValue }
}
