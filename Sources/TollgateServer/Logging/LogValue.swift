import Logging

/// A metadata value as a log line writes it.
enum LogValue: Sendable, Equatable {
    case text(String)
    /// A number or a boolean in JSON's spelling.
    case literal(String)
    case list([LogValue])
    case object([Pair])

    struct Pair: Sendable, Equatable {
        let key: String
        let value: LogValue
    }

    /// Deeper nesting is left out.
    private static let maximumDepth = 8
    /// So are further members of one list or dictionary.
    private static let maximumMembers = 256

    init(_ value: Logger.MetadataValue, depth: Int = 0) {
        switch value {
        case .string(let text):
            self = .text(text)
        case .stringConvertible(let value):
            self = Self.scalar(value)
        case .array(let values) where depth < Self.maximumDepth:
            self = .list(values.prefix(Self.maximumMembers).map { LogValue($0, depth: depth + 1) })
        case .dictionary(let values) where depth < Self.maximumDepth:
            self = .object(
                values.sorted { $0.key < $1.key }.prefix(Self.maximumMembers).map {
                    Pair(key: $0.key, value: LogValue($0.value, depth: depth + 1))
                }
            )
        case .array, .dictionary:
            self = .text("…")
        }
    }

    /// Each question that is answered no costs as much as writing the value: the usual ones first.
    private static func scalar(_ value: any CustomStringConvertible & Sendable) -> LogValue {
        switch value {
        case let number as Int: .literal(String(number))
        case let number as Double where number.isFinite: .literal(number.description)
        case let number as Int64: .literal(String(number))
        case let number as Int32: .literal(String(number))
        case let number as UInt: .literal(String(number))
        case let number as UInt64: .literal(String(number))
        case let number as UInt32: .literal(String(number))
        case let number as UInt16: .literal(String(number))
        case let number as Bool: .literal(number ? "true" : "false")
        default: .text(value.description)
        }
    }

    /// Metadata as pairs in the order of their names, nested dictionaries flattened into dotted names, each name once.
    /// Of several `sources` the first that has a name wins.
    /// The line's own names are `reserved`: metadata of the same name gets `metadata.` before it.
    static func flattened(_ sources: [Logger.Metadata], reserved: Set<String>) -> [Pair] {
        var pairs: [Pair] = []
        pairs.reserveCapacity(sources.reduce(0) { $0 + $1.count })
        for (index, source) in sources.enumerated() {
            for (key, value) in source where !sources[..<index].contains(where: { $0[key] != nil }) {
                flatten(key, LogValue(value), into: &pairs)
            }
        }
        for index in pairs.indices where reserved.contains(pairs[index].key) {
            pairs[index] = Pair(key: "metadata.\(pairs[index].key)", value: pairs[index].value)
        }
        pairs.sort { $0.key < $1.key }
        // `a.b` and a `b` within `a` meet here; one of them is written, for a JSON object's names must differ.
        for index in pairs.indices.dropFirst() where pairs[index].key == pairs[index - 1].key {
            return unique(pairs)
        }
        return pairs
    }

    private static func unique(_ pairs: [Pair]) -> [Pair] {
        var last: String?
        return pairs.filter { pair in
            defer { last = pair.key }
            return pair.key != last
        }
    }

    private static func flatten(_ key: String, _ value: LogValue, into pairs: inout [Pair]) {
        guard case .object(let members) = value else {
            pairs.append(Pair(key: key, value: value))
            return
        }
        for member in members {
            flatten("\(key).\(member.key)", member.value, into: &pairs)
        }
    }
}
