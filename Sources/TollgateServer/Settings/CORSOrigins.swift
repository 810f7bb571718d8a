/// The web origins whose pages may read the gateway's answers.
///
/// Source: Fetch Standard, "CORS protocol". The gateway's credentials are in `Authorization`, never in a cookie, so `*`
/// lends a foreign page nothing that it does not already hold.
package enum CORSOrigins: Sendable, Equatable {
    /// Every origin: `*`.
    case any
    /// These alone, spelled as browsers spell them; none when empty.
    case only([String])

    /// Parses a comma list of origins, or `*` alone; nil where an entry is not an origin.
    package init?(_ text: String) {
        let entries = text.split(separator: ",").map { entry in
            String(entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        if entries == ["*"] {
            self = .any
            return
        }
        var origins: [String] = []
        for entry in entries where !entry.isEmpty {
            guard !entry.hasSuffix("/"), let url = HTTPURL(entry), url.path.isEmpty else { return nil }
            origins.append(url.origin)
        }
        self = .only(origins)
    }

    /// Whether a page of this origin (the value of an `Origin` header) may read answers.
    package func allows(_ origin: String) -> Bool {
        switch self {
        case .any: true
        case .only(let origins): origins.contains(origin)
        }
    }
}

extension CORSOrigins: CustomStringConvertible {
    package var description: String {
        switch self {
        case .any: "*"
        case .only(let origins): origins.joined(separator: ",")
        }
    }
}
