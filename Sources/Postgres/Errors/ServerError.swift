/// A statement that the server refused: names of schema objects, never a value of a row or a parameter.
///
/// The detail, hint and context of the server's message are dropped, for they quote rows ("Key (email)=(...) already
/// exists"). Its primary message stays only as ``SafeMessage`` allows.
/// Source: PostgreSQL, "Error and Notice Message Fields".
package struct ServerError: Error, Hashable, Sendable {
    /// `ERROR`, `FATAL` or `PANIC`, in English whatever the server's language.
    package let severity: String
    package let sqlState: SQLState
    /// The primary message without its quoted part; nil where the condition's messages may show a value.
    package let message: String?
    /// Where in the statement's text the server found the fault: characters, counted from 1.
    package let position: Int?
    package let schema: String?
    package let table: String?
    package let column: String?
    package let constraint: String?

    /// The server ended the session with this error.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }
}

extension ServerError: CustomStringConvertible {
    package var description: String {
        var text = "\(severity) \(sqlState)"
        if let message { text += ": \(message)" }
        let fields = [
            ("constraint", constraint), ("schema", schema), ("table", table), ("column", column),
            ("position", position.map(String.init)),
        ]
        let known = fields.compactMap { name, value in value.map { "\(name) \($0)" } }
        if !known.isEmpty { text += " (" + known.joined(separator: ", ") + ")" }
        return text
    }
}
