/// A JSON text as a value (RFC 8259).
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The literal as written, so that nothing is lost: `1e400`, `0.10`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The text of a string; nil for every other kind, as with the properties that follow.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    package var isNull: Bool { self == .null }

    /// A number written without fraction and exponent that 64 bits hold; nil for `1.0` and `1e3`.
    package var integer: Int64? {
        if case .number(let literal) = self { Int64(literal) } else { nil }
    }

    /// What the value is, for messages to people.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object, in the order written, no name twice.
package struct JSONObject: Sendable, Equatable {
    package let members: [(name: String, value: JSONValue)]

    /// - Precondition: the names differ, byte by byte. The parser sees to it.
    package init(members: [(name: String, value: JSONValue)]) {
        self.members = members
    }

    /// Names are compared byte by byte (RFC 8259, section 8.3): `==` of strings would take a composed and a
    /// decomposed letter for the same.
    package subscript(name: String) -> JSONValue? {
        for member in members where member.name.hasSameBytes(as: name) { return member.value }
        return nil
    }

    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) { first, second in
            first.name.hasSameBytes(as: second.name) && first.value == second.value
        }
    }
}
