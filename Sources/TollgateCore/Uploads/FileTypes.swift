/// Which media type a file's name promises.
///
/// The table is Debian's list of media types with newer registrations added (`scripts/generate-file-types`).
package enum FileTypes {
    /// Extension, in lower case, to type. Built once, at the first look-up: about 1,600 entries.
    private static let types: [String: MediaType] = {
        var types: [String: MediaType] = [:]
        for table in [tableApplication, tableVendors, tableMedia] {
            for (type, subtypes) in table { add(subtypes, of: type, to: &types) }
        }
        return types
    }()

    /// The type of a file by its name: the longest known extension counts, so that `data.sarif.json` is SARIF and
    /// `backup.tar.gz` is gzip.
    ///
    /// - Returns: nil when the name has no known extension.
    package static func mediaType(forFileName name: FileName) -> MediaType? {
        name.lastTwoExtensions.flatMap { mediaType(forExtension: $0) }
            ?? name.lastExtension.flatMap { mediaType(forExtension: $0) }
    }

    /// The type of an extension, given without its dot and in any case; nil when it is unknown.
    package static func mediaType(forExtension text: some StringProtocol) -> MediaType? {
        types[text.lowercased()]
    }

    /// Entries are `subtype extension extension;`.
    private static func add(_ subtypes: String, of type: String, to types: inout [String: MediaType]) {
        for entry in subtypes.split(whereSeparator: { $0 == ";" || $0 == "\n" }) {
            let words = entry.split(separator: " ")
            guard let subtype = words.first else { continue }
            let mediaType = MediaType(type: type, subtype: String(subtype), parameters: [])
            for word in words.dropFirst() { types[String(word)] = mediaType }
        }
    }
}
