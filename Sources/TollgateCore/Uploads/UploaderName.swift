/// The tenant's own name for its end user (`uploaded_by`).
///
/// 1 to 255 characters (Unicode scalars) without control characters.
package struct UploaderName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Throws: ``PlainTextProblem`` for the first rule that the text breaks.
    package init(_ text: String) throws(PlainTextProblem) {
        try PlainText.check(text)
        rawValue = text
    }

    package var description: String { rawValue }
}
