import Foundation
import Hummingbird

/// The parameters of a request's query, each at most once, none unknown.
struct QueryReader {
    private var values: [String: String] = [:]

    /// - Throws: ``Problem`` 400 for a parameter that is unknown, repeated or not percent-encoded UTF-8.
    init(_ request: Request, known: Set<String>) throws {
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(pair[0]), let value = Self.decode(pair.count > 1 ? pair[1] : "") else {
                throw Problem(.malformedRequest, "The query is not percent-encoded UTF-8.")
            }
            guard known.contains(name) else {
                throw Problem(
                    .malformedRequest,
                    "The query has an unknown parameter; known are \(known.sorted().joined(separator: ", ")).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(.malformedRequest, "The query has \(name) twice.")
            }
        }
    }

    /// One parameter as a value; nil where it is absent.
    func value<Value>(_ name: String, _ expected: String, _ parse: (String) -> Value?) throws -> Value? {
        guard let text = values[name] else { return nil }
        guard let value = parse(text) else {
            throw Problem(.malformedRequest, "The query's \(name) must be \(expected).")
        }
        return value
    }

    private static func decode(_ text: Substring) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }
}
