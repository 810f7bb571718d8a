package import Foundation

/// Builds the policy document of a browser form: what must hold before the store accepts the file.
///
/// The bytes are those of Python's `json.dumps` for the structure that botocore builds (a space behind every comma
/// and colon, ASCII alone), so that both sign the same policy with the same signature.
///
/// Source: Amazon S3 API Reference, "POST Policy" (sigv4-HTTPPOSTConstructPolicy).
package struct PostPolicy: Sendable {
    private var bytes: [UInt8] = []
    private var hasConditions = false

    /// - Parameter expiresAt: cut off to whole seconds, so that a policy never outlives what was meant.
    package init(expiresAt: Date) {
        bytes.reserveCapacity(1_024)
        append("{\"expiration\": \"")
        append(RFC3339.formatSeconds(expiresAt))
        append("\", \"conditions\": [")
    }

    /// The field must have exactly this value: `{"key": "a/b"}`.
    package mutating func require(_ field: String, equals value: String) {
        beginCondition()
        append("{")
        appendQuoted(field)
        append(": ")
        appendQuoted(value)
        append("}")
    }

    /// The field must begin with this value: `["starts-with", "$key", "a/"]`.
    package mutating func require(_ field: String, startsWith prefix: String) {
        beginCondition()
        append("[\"starts-with\", ")
        appendQuoted("$\(field)")
        append(", ")
        appendQuoted(prefix)
        append("]")
    }

    /// The file must have so many bytes, both bounds included.
    package mutating func requireLength(_ bytes: ClosedRange<Int64>) {
        beginCondition()
        append("[\"content-length-range\", \(bytes.lowerBound), \(bytes.upperBound)]")
    }

    /// The whole document, in ASCII.
    package var document: [UInt8] { bytes + "]}".utf8 }

    /// The document as the `policy` field carries it, which is also the string to sign.
    package var base64: String { Base64.encode(document) }

    private mutating func beginCondition() {
        if hasConditions { append(", ") }
        hasConditions = true
    }

    private mutating func append(_ ascii: String) { bytes.append(contentsOf: ascii.utf8) }

    /// As `json.dumps` writes a string: what is not printable ASCII becomes `\uXXXX`, in surrogate pairs where needed.
    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        if appendPlain(text) { return }
        for unit in text.utf16 {
            if unit < 0x7F, !JSONEscape.isNeeded(UInt8(unit)) {
                bytes.append(UInt8(unit))
            } else if unit < 0x7F {
                JSONEscape.append(UInt8(unit), to: &bytes)
            } else {
                JSONEscape.appendCodeUnit(unit, to: &bytes)
            }
        }
    }

    /// Appends a text that needs no escape, as nearly every one, in one piece.
    private mutating func appendPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            guard utf8.allSatisfy({ $0 < 0x7F && !JSONEscape.isNeeded($0) }) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
    }
}
