/// A failure around argon2. It never carries a password, a salt or a hash.
package enum Argon2Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// The pool's queue is full: try again later.
    case overloaded
    /// The pool was shut down.
    case stopped
    /// The costs are outside what this wrapper accepts (``Argon2Parameters``).
    case parameters
    /// The text is no PHC string of argon2id, version 19.
    case malformedHash
    /// libargon2 refused: its own code and words (argon2.h, `Argon2_ErrorCodes`).
    case library(code: Int32, reason: String)

    package var description: String {
        switch self {
        case .overloaded: "argon2: too many hashes are waiting"
        case .stopped: "argon2: the pool was shut down"
        case .parameters: "argon2: parameters out of range"
        case .malformedHash: "argon2: not an argon2id hash"
        case .library(let code, let reason): "argon2: \(reason) (\(code))"
        }
    }
}
