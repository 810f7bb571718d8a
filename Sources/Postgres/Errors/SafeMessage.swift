/// What may be kept of a server's primary message.
///
/// Messages of data exceptions, constraint violations and `RAISE` carry values in no fixed place, so nothing is kept of
/// them. The other classes quote whatever is not their own wording; all from the first quotation mark to the last goes,
/// so that a quotation mark inside a value uncovers nothing. After a mark that stands alone, nothing is kept.
enum SafeMessage {
    private static let keptClasses: Set<String> = [
        "08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58",
    ]
    private static let quotationMarks: Set<Character> = [
        "\"", "'", "«", "»", "“", "”", "„", "‘", "’", "‹", "›", "「", "」",
    ]

    /// The part of `message` that is fit for a log; nil where the condition's class may show values.
    static func kept(of message: String, for state: SQLState) -> String? {
        guard keptClasses.contains(state.conditionClass) else { return nil }
        guard let first = message.firstIndex(where: quotationMarks.contains),
            let last = message.lastIndex(where: quotationMarks.contains)
        else { return message }
        return message[..<first] + "\"…\"" + (first == last ? "" : message[message.index(after: last)...])
    }
}
