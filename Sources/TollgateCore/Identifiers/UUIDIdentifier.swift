package import Foundation

/// An id that is a UUID, typed so that the id of one thing cannot stand for another's.
package protocol UUIDIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    var rawValue: UUID { get }
    init(_ rawValue: UUID)
}

extension UUIDIdentifier {
    /// - Returns: nil unless the text is the usual 36 characters (``UUIDText/parse(_:)``).
    package init?(_ text: String) {
        guard let uuid = UUIDText.parse(text) else { return nil }
        self.init(uuid)
    }

    /// The usual 36 characters, in lower case.
    package var description: String { UUIDText.format(rawValue) }

    /// By the bytes, as PostgreSQL orders `uuid`; for version 7 this is the order of making.
    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue.halves < right.rawValue.halves
    }
}
