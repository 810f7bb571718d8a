/// A tenant's short name, unique and never changed: `slug/` is the prefix of its object keys.
///
/// 3 to 40 characters, `^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$`: it cannot contain a slash, so that no tenant's prefix
/// is the beginning of another's.
package struct Slug: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Returns: nil when the text is not of that form.
    package init?(_ text: String) {
        let utf8 = Array(text.utf8)
        guard (3...40).contains(utf8.count), utf8.allSatisfy({ Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }),
            let first = utf8.first, let last = utf8.last, Self.isAlphanumeric(first), Self.isAlphanumeric(last)
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
