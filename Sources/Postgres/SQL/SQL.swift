/// A statement and the values of its parameters.
///
/// What is interpolated is bound, never put into the text:
///
///     "SELECT id FROM uploads WHERE tenant_id = \(tenant) AND id = ANY(\(ids))"
///
/// has the text `... tenant_id = $1 AND id = ANY($2)`. Another ``SQL`` is put in place with its own parameters. A name
/// that is only known at run time goes in quoted, by `\(identifier: name)`. There is no way to put in other text.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// What the server is sent as the statement.
    package private(set) var text: String
    private(set) var parameters = SQLParameters()
    /// Where in `text.utf8` each `$n` begins, for renumbering when this becomes a part of another statement.
    private var placeholders: [Int] = []

    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    fileprivate init(capacity: Int) {
        text = ""
        text.reserveCapacity(capacity)
    }

    fileprivate mutating func append(literal: String) {
        text += literal
    }

    fileprivate mutating func append(value: some PostgresEncodable) {
        parameters.append(value)
        appendPlaceholder(parameters.count)
    }

    fileprivate mutating func append(identifier: String) {
        text +=
            "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    fileprivate mutating func append(sql other: SQL) {
        let renumberedFrom = parameters.count
        parameters.append(contentsOf: other.parameters)
        var rest = other.text[...]
        for (index, offset) in other.placeholders.enumerated() {
            let start = other.text.utf8.index(other.text.startIndex, offsetBy: offset)
            text += other.text[rest.startIndex..<start]
            appendPlaceholder(renumberedFrom + index + 1)
            let digits = String(index + 1).utf8.count
            rest = other.text[other.text.utf8.index(start, offsetBy: 1 + digits)...]
        }
        text += rest
    }

    private mutating func appendPlaceholder(_ number: Int) {
        placeholders.append(text.utf8.count)
        text += "$"
        text += String(number)
    }

    /// Puts `parts` one after the other with `separator`, which is text of the program, between them.
    package static func joined(_ parts: [SQL], separator: StaticString) -> SQL {
        var sql = SQL(capacity: parts.reduce(0) { $0 + $1.text.utf8.count + separator.utf8CodeUnitCount })
        for (index, part) in parts.enumerated() {
            if index > 0 { sql.append(literal: separator.description) }
            sql.append(sql: part)
        }
        return sql
    }
}

extension SQL {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(capacity: literalCapacity + 3 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql.append(literal: literal)
        }

        /// Binds a value to the next parameter.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            sql.append(value: value)
        }

        /// Binds a value, or NULL, to the next parameter.
        ///
        /// With the optional in the signature, the compiler does not take the interpolation for an accident.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            sql.append(value: value)
        }

        /// Binds a value to the next parameter, or NULL. Without the label the compiler takes an optional in an
        /// interpolation for a mistake.
        package mutating func appendInterpolation(orNull value: (some PostgresEncodable)?) {
            sql.append(value: value)
        }

        /// Puts in a name of a schema object, quoted. Source: PostgreSQL, "Identifiers and Key Words".
        package mutating func appendInterpolation(identifier: String) {
            sql.append(identifier: identifier)
        }

        /// Puts in another statement's text; its parameters follow those so far.
        package mutating func appendInterpolation(_ other: SQL) {
            sql.append(sql: other)
        }
    }
}

/// The text alone, so that a statement in a log or an error shows no values.
extension SQL: CustomStringConvertible, CustomReflectable {
    package var description: String { text }
    package var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}
