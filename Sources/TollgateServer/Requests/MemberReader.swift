import Foundation
import TollgateCore

/// Reads the members of a JSON object and gathers all that is wrong with them, so that one answer names it all.
///
/// `null` is the same as an absent member. Members that nobody asked for are unknown, and refused.
struct MemberReader {
    private let object: JSONObject
    /// What stands before the member's name in its JSON pointer.
    private let path: String
    private var known: Set<String> = []
    private(set) var problems: [MemberProblem] = []

    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// A member that must be a string; nil where absent or wrong.
    mutating func string(_ name: String, required: Bool = false) -> String? {
        guard let value = take(name, required: required) else { return nil }
        guard let text = value.string else { return refuse(name, "must be a string, not \(value.kind)") }
        return text
    }

    /// A member that must be a whole number of 64 bits, written without fraction or exponent.
    mutating func integer(_ name: String) -> Int64? {
        guard let value = take(name, required: false) else { return nil }
        guard let number = value.integer else { return refuse(name, "must be a whole number") }
        return number
    }

    /// A member that must be an object.
    mutating func object(_ name: String) -> JSONObject? {
        guard let value = take(name, required: false) else { return nil }
        guard let object = value.object else { return refuse(name, "must be an object, not \(value.kind)") }
        return object
    }

    /// A member that must be a list of strings.
    mutating func list(_ name: String) -> [String]? {
        guard let value = take(name, required: false) else { return nil }
        guard let elements = value.array else { return refuse(name, "must be a list of strings") }
        let strings = elements.compactMap(\.string)
        guard strings.count == elements.count else { return refuse(name, "must be a list of strings") }
        return strings
    }

    /// A member that must be an object of strings.
    mutating func strings(_ name: String) -> [String: String]? {
        guard let value = take(name, required: false) else { return nil }
        guard let object = value.object else { return refuse(name, "must be an object of strings") }
        var strings: [String: String] = [:]
        for member in object.members {
            guard let text = member.value.string else {
                return refuse("\(name)/\(Self.escape(member.name))", "must be a string")
            }
            // Names that are the same characters in other bytes are one name here (Unicode, canonical equivalence).
            guard strings.updateValue(text, forKey: member.name) == nil else {
                return refuse("\(name)/\(Self.escape(member.name))", "is there twice")
            }
        }
        return strings
    }

    private mutating func refuse<Value>(_ name: String, _ detail: String) -> Value? {
        problems.append(MemberProblem(pointer: "\(path)/\(name)", detail: detail))
        return nil
    }

    /// Records every member that was not asked for.
    mutating func refuseUnknown() {
        for member in object.members where !known.contains(member.name) {
            problems.append(
                MemberProblem(pointer: "\(path)/\(Self.escape(member.name))", detail: "is not a member of this request")
            )
        }
    }

    private mutating func take(_ name: String, required: Bool) -> JSONValue? {
        known.insert(name)
        switch object[name] {
        case .none, .some(.null):
            return required ? refuse(name, "is required") : nil
        case .some(let value):
            return value
        }
    }

    /// A name as a JSON pointer writes it (RFC 6901, section 3).
    static func escape(_ name: String) -> String {
        name.replacingOccurrences(of: "~", with: "~0").replacingOccurrences(of: "/", with: "~1")
    }
}
