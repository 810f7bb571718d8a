/// The parameters of a query string, decoded, in the order received.
package struct S3Query: Sendable {
    package let items: [PostForm.Field]

    /// - Parameter raw: as on the wire, without "?". Bytes that are no UTF-8 are replaced by U+FFFD.
    package init(raw: String) {
        items = raw.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return PostForm.Field(
                name: Self.text(parts[0]), value: parts.count > 1 ? Self.text(parts[1]) : "")
        }
    }

    init(items: [PostForm.Field]) {
        self.items = items
    }

    /// The first value of a parameter; names count in their case, as S3 has it.
    package subscript(name: String) -> String? {
        for item in items where item.name.hasSameBytes(as: name) { return item.value }
        return nil
    }

    /// Encoded anew and sorted by name and value, as a signature covers it.
    var canonical: String {
        items.map { item in
            let name = URIEncoding.encode(item.name, keepingSlash: false)
            return (name, URIEncoding.encode(item.value, keepingSlash: false))
        }
        // Both are ASCII now, so that the order of strings is the order of bytes.
        .sorted { $0 < $1 }
        .map { "\($0.0)=\($0.1)" }
        .joined(separator: "&")
    }

    private static func text(_ encoded: Substring) -> String {
        String(decoding: URIEncoding.decode(encoded, plusIsSpace: true), as: UTF8.self)
    }
}
