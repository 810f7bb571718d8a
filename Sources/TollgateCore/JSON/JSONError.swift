/// Why a text is not JSON, and where. It quotes nothing of the text.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where reading stopped, in bytes from the beginning.
    package let offset: Int
    package let reason: Reason

    package enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends too early"
        case unexpectedByte = "a value, name or punctuation mark of JSON is expected here"
        case trailingBytes = "something follows the value"
        case tooDeep = "arrays and objects are nested too deep"
        case invalidLiteral = "only true, false and null are words of JSON"
        case invalidNumber = "this is not a number as JSON writes them"
        case controlCharacter = "a control character must be escaped in a string"
        case invalidEscape = "this escape does not exist in JSON"
        case loneSurrogate = "half of a surrogate pair stands alone"
        case invalidUTF8 = "this is not UTF-8"
        case duplicateName = "a member's name occurs twice in the same object"
    }

    package var description: String { "JSON at byte \(offset): \(reason.rawValue)" }
}
