/// A whole API key: `tg_<12: public id>_<43: 256 random bits><6: CRC-32 of what stands before>`, all base62.
///
/// A scanner can recognise a leaked one by its form, and a typing mistake is refused without a look-up. Whatever prints
/// or reflects a key shows its hint only; the text itself has to be asked for with ``reveal()``.
package struct APIKey: Hashable, Sendable {
    /// Characters of a whole key.
    package static let length = 65

    package let publicID: APIKeyPublicID
    private let text: String

    /// From parts that are known to fit.
    init(publicID: APIKeyPublicID, text: String) {
        self.publicID = publicID
        self.text = text
    }

    /// The whole secret. Show it once, hash it, never store or log it.
    package func reveal() -> String { text }

    /// `tg_<public id>`.
    package var hint: String { publicID.hint }
}

extension APIKey {
    /// A new key. `random` gives as many cryptographically random bytes as it is asked for; what it throws is thrown
    /// on, since there is no weaker way.
    package static func generate<Failure: Error>(
        random: (_ count: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) -> APIKey {
        let publicID = try APIKeyPublicID.generate(random: random)
        let body = "\(publicID.hint)_\(Base62.encode(try random(32)))"
        return APIKey(publicID: publicID, text: body + Base62.encode(CRC32.checksum(body.utf8)))
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(hint)_<hidden>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["hint": hint]) }
}
