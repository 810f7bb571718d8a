import HTTPTypes

extension HTTPField.Name {
    /// A field name written in this program. A name that is no token (RFC 9110, section 5.6.2) is a mistake in it.
    static func known(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("not a field name: \(name)") }
        return name
    }
}
