/// A media type such as `image/png` or `text/plain; charset=utf-8`, parsed, never matched as text.
///
/// Written back in one canonical form, so that what is signed, stored and compared is the same string.
/// Source: RFC 9110, section 8.3.1.
package struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// One parameter: the name in lower case, the value without its quotes.
    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    /// In lower case.
    package let type: String
    /// In lower case.
    package let subtype: String
    /// In the order given.
    package let parameters: [Parameter]

    /// The longest accepted text, in bytes.
    package static let maximumBytes = 255

    /// What a file is when nothing says more (RFC 2046, section 4.5.1).
    package static let octetStream = MediaType(type: "application", subtype: "octet-stream", parameters: [])

    /// From parts that are known to be right.
    init(type: String, subtype: String, parameters: [Parameter]) {
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
    }

    /// Type and subtype without parameters.
    package var essence: MediaType { MediaType(type: type, subtype: subtype, parameters: []) }

    /// The canonical form: lower case where case has no meaning, one space after a semicolon, quotes only where needed.
    package var description: String {
        parameters.reduce("\(type)/\(subtype)") { text, parameter in
            let value = HTTPToken.isToken(parameter.value) ? parameter.value : HTTPToken.quote(parameter.value)
            return "\(text); \(parameter.name)=\(value)"
        }
    }
}
