extension JSONValue {
    package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    package static func optional(_ number: (some BinaryInteger)?) -> JSONValue {
        number.map { .number("\($0)") } ?? .null
    }
}
