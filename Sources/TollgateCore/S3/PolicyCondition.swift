/// One condition of a policy on one field.
///
/// Source: Amazon S3 API Reference, "POST Policy" (sigv4-HTTPPOSTConstructPolicy), "Condition Matching".
struct PolicyCondition: Sendable, Equatable {
    enum Operation: String, Sendable {
        case equals = "eq"
        case startsWith = "starts-with"
    }

    let operation: Operation
    /// In lower case, without its dollar sign.
    let field: String
    /// As the policy writes it, `$Key`; a simple condition's name gets its dollar sign here.
    let reference: String
    let value: String

    /// Whether a field's value, or its absence, satisfies the condition.
    func holds(for actual: String?) -> Bool {
        // A reference without a dollar sign names nothing, and is never satisfied.
        guard let actual, reference.utf8.first == UInt8(ascii: "$") else { return false }
        switch operation {
        case .equals: return actual.hasSameBytes(as: value)
        case .startsWith:
            // Of this field alone the page says that its value is a list, and that every entry must match.
            guard field == "content-type" else { return actual.utf8.starts(with: value.utf8) }
            return actual.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .allSatisfy { $0.drop { $0 == 0x20 || $0 == 0x09 }.starts(with: value.utf8) }
        }
    }

    /// `["eq", "$key", "x"]`, for simple conditions too.
    var shown: String {
        "[\"\(operation.rawValue)\", \(Self.quoted(reference)), \(Self.quoted(value))]"
    }

    private static func quoted(_ text: String) -> String {
        var json = JSONWriter(reservingCapacity: text.utf8.count + 2)
        json.value(text)
        return json.text
    }
}
