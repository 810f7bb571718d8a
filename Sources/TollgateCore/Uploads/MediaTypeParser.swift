/// Why a text is not one media type.
package enum MediaTypeProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLong
    case notTypeSlashSubtype
    case wildcard
    case parameter
    case repeatedParameter(String)

    package var description: String {
        switch self {
        case .tooLong: "must be at most \(MediaType.maximumBytes) bytes long"
        case .notTypeSlashSubtype: "must be one media type such as image/png"
        case .wildcard: "must be a media type, not a pattern"
        case .parameter: "has a parameter that is not name=value"
        case .repeatedParameter(let name): "has the parameter \(name) twice"
        }
    }
}

extension MediaType {
    /// Parses one media type. A comma list is refused, since a comma is no token character.
    ///
    /// - Throws: ``MediaTypeProblem`` for the first rule that the text breaks.
    package init(_ text: String) throws(MediaTypeProblem) {
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLong }
        var scanner = HTTPTokenScanner(text)
        guard let type = scanner.token(), scanner.skip("/"), let subtype = scanner.token() else {
            throw .notTypeSlashSubtype
        }
        // A lone `*` is made of token characters, but it only means something in a pattern.
        guard !type.contains("*"), !subtype.contains("*") else { throw .wildcard }
        let parameters = try Self.parameters(&scanner)
        self.init(type: type.lowercased(), subtype: subtype.lowercased(), parameters: parameters)
        // Quotes added for the canonical form must not push it over the limit.
        guard description.utf8.count <= Self.maximumBytes else { throw .tooLong }
    }

    /// `parameters = *( OWS ";" OWS [ parameter ] )`, to the end of the text.
    private static func parameters(_ scanner: inout HTTPTokenScanner) throws(MediaTypeProblem) -> [Parameter] {
        var parameters: [Parameter] = []
        while !scanner.isAtEnd {
            scanner.skipSpace()
            guard scanner.skip(";") else { throw parameters.isEmpty ? .notTypeSlashSubtype : .parameter }
            scanner.skipSpace()
            guard let name = scanner.token()?.lowercased() else { continue }
            guard scanner.skip("="), let value = scanner.token() ?? scanner.quotedString() else { throw .parameter }
            guard !parameters.contains(where: { $0.name == name }) else { throw .repeatedParameter(name) }
            // The one parameter whose values are registered without regard to case (RFC 9110, section 8.3.2).
            parameters.append(Parameter(name: name, value: name == "charset" ? value.lowercased() : value))
        }
        return parameters
    }
}
