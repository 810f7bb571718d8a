internal import Foundation

/// A policy as a form carries it, read and in order; whether the form keeps it is another question.
///
/// Source: Amazon S3 API Reference, "POST Policy" (sigv4-HTTPPOSTConstructPolicy).
struct PolicyDocument: Sendable {
    let expiresAt: Date
    /// In the order written.
    let conditions: [PolicyCondition]
    /// All content-length-range conditions together.
    let size: SizeRule?

    /// - Parameter base64: the `policy` field; white space in it, as forms wrap it, counts for nothing, and its padding
    ///   may be missing.
    /// - Throws: 400 InvalidPolicyDocument with the first fault.
    init(base64: String) throws(S3Error) {
        var text = base64.utf8.filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard !text.isEmpty else { throw .invalidPolicyDocument("Expecting '{' but found End-of-Input") }
        if text.last != UInt8(ascii: "=") {
            text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: (4 - text.count % 4) % 4))
        }
        guard let bytes = Base64.decode(text) else { throw .invalidPolicyDocument("invalid Base64 encoding.") }
        try self.init(json: bytes)
    }

    private init(json bytes: [UInt8]) throws(S3Error) {
        let document = try Self.object(bytes)
        for member in document.members where !["expiration", "conditions"].contains(member.name) {
            throw .invalidPolicyDocument("Unexpected: \"\(member.name)\"")
        }
        guard let expiration = document["expiration"] else {
            throw .invalidPolicyDocument("Policy missing expiration.")
        }
        guard let conditions = document["conditions"] else {
            throw .invalidPolicyDocument("Policy missing conditions.")
        }
        guard let written = expiration.string else { throw Self.invalidJSON }
        guard let expiresAt = RFC3339.parse(written) else {
            throw .invalidPolicyDocument("Invalid 'expiration' value: '\(written)'")
        }
        guard let list = conditions.array else {
            throw .invalidPolicyDocument("Invalid 'conditions' value: must be a List.")
        }
        self.expiresAt = expiresAt
        var parsed: [PolicyCondition] = []
        var size: SizeRule?
        for element in list {
            switch element {
            case .object(let object): parsed.append(try Self.simple(object))
            case .array(let parts):
                switch try Self.operation(parts) {
                case .condition(let condition): parsed.append(condition)
                case .range(let range):
                    size?.narrow(to: range)
                    size = size ?? range
                }
            default: throw .invalidPolicyDocument("Invalid condition test: must be a List or Object.")
            }
        }
        self.conditions = parsed
        self.size = size
    }

    private static let invalidJSON = S3Error.invalidPolicyDocument("Invalid JSON.")

    private static func object(_ bytes: [UInt8]) throws(S3Error) -> JSONObject {
        let document: JSONValue
        do { document = try JSONParser.parse(bytes) } catch { throw invalidJSON }
        guard let object = document.object else { throw invalidJSON }
        return object
    }

    /// `{"acl": "private"}`
    private static func simple(_ object: JSONObject) throws(S3Error) -> PolicyCondition {
        guard object.members.count == 1, let member = object.members.first else {
            throw .invalidPolicyDocument(
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
        }
        guard let value = member.value.string else {
            throw .invalidPolicyDocument("Invalid Simple-Condition: value must be a string.")
        }
        return PolicyCondition(
            operation: .equals, field: FormFields.lowercased(member.name), reference: "$\(member.name)", value: value)
    }

    private enum Parsed {
        case condition(PolicyCondition)
        case range(SizeRule)
    }

    /// `["eq", "$key", "a"]`, `["starts-with", "$key", "a"]` or `["content-length-range", 0, 10]`
    private static func operation(_ parts: [JSONValue]) throws(S3Error) -> Parsed {
        guard let first = parts.first else {
            throw .invalidPolicyDocument("Invalid Condition: missing operation identifier.")
        }
        guard let written = first.string else { throw invalidJSON }
        let name = FormFields.lowercased(written)
        let operation = PolicyCondition.Operation(rawValue: name)
        guard operation != nil || name == "content-length-range" else {
            throw .invalidPolicyDocument("Invalid Condition: unknown operation '\(written)'.")
        }
        guard parts.count == 3 else { throw .invalidPolicyDocument("Invalid \(name): wrong number of arguments.") }
        guard let operation else {
            return .range(SizeRule(minimumBytes: try bound(parts[1]), maximumBytes: try bound(parts[2])))
        }
        guard let reference = parts[1].string, let value = parts[2].string else { throw invalidJSON }
        let field = reference.utf8.first == UInt8(ascii: "$") ? String(reference.unicodeScalars.dropFirst()) : reference
        return .condition(
            PolicyCondition(
                operation: operation, field: FormFields.lowercased(field), reference: reference, value: value))
    }

    /// A whole number of bytes, or a string of digits; no fraction, no exponent, no sign.
    private static func bound(_ value: JSONValue) throws(S3Error) -> Int64 {
        let digits: String
        switch value {
        case .number(let literal): digits = literal
        case .string(let text): digits = text
        default: throw invalidJSON
        }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let bytes = Int64(digits)
        else { throw invalidJSON }
        return bytes
    }
}
