/// A PostgreSQL connection URL. It prints with its password hidden.
///
/// Source: PostgreSQL, "Database Connection Control Functions", section "Connection URIs".
package struct DatabaseURL: Sendable, Equatable {
    private let secret: Secret

    /// The URL as libpq takes it, password included. Never pass it to a logger or an error.
    package var connectionString: String { secret.revealed }

    /// Parses a `postgresql://` or `postgres://` URL; anything else gives nil.
    ///
    /// A second `@`, one after the host, and a port that is no number are refused: they are nearly always a password
    /// that was not percent-encoded, and libpq would take a piece of it for a host name and print it in its errors.
    package init?(_ text: String) {
        guard let rest = Self.afterScheme(text), !rest.isEmpty else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.isPrintable && $0 != " " }) else { return nil }
        let location = rest.prefix { $0 != "?" }
        let authority = location.prefix { $0 != "/" }
        let isOneAt = rest.count(where: { $0 == "@" }) == (authority.contains("@") ? 1 : 0)
        let hosts = authority.firstIndex(of: "@").map { authority[$0...].dropFirst() } ?? authority
        guard isOneAt, hosts.split(separator: ",").allSatisfy(Self.hasNumericPort) else { return nil }
        secret = Secret(text)
    }

    private static func hasNumericPort(_ host: Substring) -> Bool {
        let afterAddress = host[(host.lastIndex(of: "]") ?? host.startIndex)...]
        guard let colon = afterAddress.firstIndex(of: ":") else { return true }
        return afterAddress[colon...].dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func afterScheme(_ text: String) -> Substring? {
        for scheme in ["postgresql://", "postgres://"] where text.hasPrefix(scheme) {
            return text.dropFirst(scheme.count)
        }
        return nil
    }
}

extension DatabaseURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL with the password, and every parameter that is not known to be harmless, replaced by `(hidden)`.
    package var description: String {
        guard let rest = Self.afterScheme(connectionString) else { return Secret.placeholder }
        let location = rest.prefix { $0 != "?" }
        var shown = "postgresql://"
        if let at = location.firstIndex(of: "@") {
            let credentials = location[..<at]
            shown += credentials.prefix { $0 != ":" }
            shown += credentials.contains(":") ? ":\(Secret.placeholder)" : ""
            shown += location[at...]
        } else {
            shown += location
        }
        guard location.endIndex < rest.endIndex else { return shown }
        let parameters = rest[location.endIndex...].dropFirst().split(separator: "&")
        return shown + "?" + parameters.map(Self.shownParameter).joined(separator: "&")
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private static let harmlessParameters: Set<Substring> = [
        "host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert", "connect_timeout", "application_name",
        "target_session_attrs", "keepalives", "channel_binding", "gssencmode",
    ]

    private static func shownParameter(_ parameter: Substring) -> String {
        let name = parameter.prefix { $0 != "=" }
        guard !harmlessParameters.contains(name) else { return String(parameter) }
        return "\(name)=\(Secret.placeholder)"
    }
}
