/// Why a set of names and values cannot be an upload's metadata.
package enum MetadataProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge(bytes: Int)
    case emptyName
    case controlCharacter

    package var description: String {
        switch self {
        case .tooLarge(let bytes):
            "must be at most \(Metadata.maximumBytes) bytes of names and values, not \(bytes)"
        case .emptyName: "must not have an empty name"
        case .controlCharacter: "must not contain control characters in a name, nor U+0000 in a value"
        }
    }
}

/// What a tenant wants to remember with an upload: names and values, 2 KiB in all, ordered by name.
package struct Metadata: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    /// Bytes of UTF-8, names and values together.
    package static let maximumBytes = 2_048

    package static let none = Metadata(entries: [])

    package let entries: [Entry]

    private init(entries: [Entry]) { self.entries = entries }

    /// - Throws: ``MetadataProblem``. Values may have line breaks, but no U+0000: PostgreSQL's `jsonb` cannot hold it
    ///   (PostgreSQL, "JSON Types").
    package init(_ values: [String: String]) throws(MetadataProblem) {
        let bytes = values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard bytes <= Self.maximumBytes else { throw .tooLarge(bytes: bytes) }
        for (name, value) in values {
            guard !name.isEmpty else { throw .emptyName }
            guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
                !value.utf8.contains(0)
            else { throw .controlCharacter }
        }
        entries = values.map { Entry(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    package subscript(name: String) -> String? { entries.first { $0.name == name }?.value }

    package var dictionary: [String: String] {
        Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
