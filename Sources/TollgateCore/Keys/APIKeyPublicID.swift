/// The part of an API key that is no secret: 12 characters of base62, by which the key is looked up.
package struct APIKeyPublicID: Hashable, Sendable, CustomStringConvertible {
    package static let length = 12

    package let rawValue: String

    /// - Returns: nil unless the text is 12 base62 digits.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Base62.isDigit) else { return nil }
        rawValue = String(text)
    }

    /// A new id of random digits.
    ///
    /// - Throws: what `random` throws.
    static func generate<Failure: Error>(
        random: (_ count: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) -> APIKeyPublicID {
        APIKeyPublicID(checked: try Base62.digits(count: length, random: random))
    }

    private init(checked rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    /// What a list shows of a key, enough to tell two apart: `tg_` and this id.
    package var hint: String { "tg_\(rawValue)" }
}
