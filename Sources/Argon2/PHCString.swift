/// The text in which an argon2id hash is kept: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, salt and hash in base64
/// without padding.
///
/// Source: the PHC string format, as libargon2's `encode_string` writes it.
package struct PHCString: Hashable, Sendable {
    package let parameters: Argon2Parameters
    /// Lengths of the base64 parts, in characters.
    let saltCharacters: Int
    let hashCharacters: Int

    /// Reads the parameters; libargon2 itself reads the rest when it verifies.
    ///
    /// - Throws: ``Argon2Error/malformedHash`` for another form, variant or version, ``Argon2Error/parameters`` for
    ///   costs out of range.
    package init(_ text: String) throws(Argon2Error) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count <= 512, parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19",
            Self.isBase64(parts[4], minimumCharacters: 11), Self.isBase64(parts[5], minimumCharacters: 16)
        else { throw .malformedHash }
        let costs = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard costs.count == 3, let memory = Self.number(costs[0], named: "m"),
            let iterations = Self.number(costs[1], named: "t"), let lanes = Self.number(costs[2], named: "p")
        else { throw .malformedHash }
        parameters = try Argon2Parameters(memoryKiB: memory, iterations: iterations, parallelism: lanes)
        saltCharacters = parts[4].utf8.count
        hashCharacters = parts[5].utf8.count
    }

    /// Whether a hash should be made anew at the next chance: its costs are not the wanted ones, its
    /// salt is shorter than 16 bytes or its hash shorter than 32, or it cannot be read.
    package static func needsRehash(_ text: String, wanted: Argon2Parameters) -> Bool {
        do throws(Argon2Error) {
            let found = try PHCString(text)
            return found.parameters != wanted || found.saltCharacters < 22 || found.hashCharacters < 43
        } catch {
            return true
        }
    }

    /// A hash that no password has, and that costs as much to verify as a real one: for ids that nobody knows.
    static func impossible(_ parameters: Argon2Parameters) -> String {
        let zeroSalt = String(repeating: "A", count: 22)
        let zeroHash = String(repeating: "A", count: 43)
        let costs = "m=\(parameters.memoryKiB),t=\(parameters.iterations),p=\(parameters.parallelism)"
        return "$argon2id$v=19$\(costs)$\(zeroSalt)$\(zeroHash)"
    }

    /// Decimal digits without sign or leading zero.
    private static func number(_ text: Substring, named name: String) -> UInt32? {
        guard text.hasPrefix(name + "=") else { return nil }
        let digits = text.dropFirst(name.count + 1)
        guard digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), !digits.hasPrefix("0") else {
            return nil
        }
        return UInt32(digits)
    }

    private static func isBase64(_ text: Substring, minimumCharacters: Int) -> Bool {
        text.utf8.count >= minimumCharacters
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
