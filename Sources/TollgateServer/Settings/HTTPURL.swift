/// An absolute `http` or `https` URL to build other URLs on: no query, no fragment, no credentials, no slash at its end.
///
/// Scheme and host are lower-case and a scheme's own port is dropped, as browsers do before they send `Host` and
/// `Origin`. Source: RFC 3986, section 6.2; the path is kept as it is written.
package struct HTTPURL: Sendable, Equatable, CustomStringConvertible {
    package let scheme: String
    /// A name, an IPv4 address, or an IPv6 address in brackets.
    package let host: String
    /// Nil where it is the scheme's own, 80 or 443.
    package let port: Int?
    /// Empty, or begins with a slash and does not end in one.
    package let path: String

    /// `scheme://host[:port]`, as a browser's `Origin` header spells it.
    package var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }
    package var description: String { origin + path }

    /// Parses a URL; nil where it is not absolute, not HTTP, or carries a query, a fragment or credentials.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        scheme = text[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[colon...].dropFirst(3)
        let authority = rest.prefix { $0 != "/" }
        guard let (host, port) = Self.parseAuthority(authority) else { return nil }
        self.host = host
        self.port = port == (scheme == "http" ? 80 : 443) ? nil : port
        var path = rest[authority.endIndex...]
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy(Self.isPathByte), !path.contains("//") else { return nil }
        self.path = String(path)
    }

    /// The URL of a server that listens on `host` and `port` without TLS; `localhost` stands for a wildcard address.
    /// Port 0, which the system has yet to choose, is left out.
    package init?(listeningOn host: String, port: Int) {
        let name = host == "0.0.0.0" || host == "::" ? "localhost" : host
        self.init("http://" + (name.contains(":") ? "[\(name)]" : name) + (port > 0 ? ":\(port)" : ""))
    }

    /// `http://localhost`.
    static let localhost = HTTPURL(scheme: "http", host: "localhost")

    private init(scheme: String, host: String) {
        (self.scheme, self.host, port, path) = (scheme, host, nil, "")
    }

    private static func parseAuthority(_ authority: Substring) -> (host: String, port: Int?)? {
        var name = authority
        var port: Int?
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            let digits = authority[colon...].dropFirst()
            guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else { return nil }
            guard (1...65535).contains(number) else { return nil }
            port = number
            name = authority[..<colon]
        }
        let host = name.lowercased()
        return HostName.isValid(host) ? (host, port) : nil
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "/-._~%!$&'()*+,;=:".utf8.contains(byte)
        }
    }
}

/// What may stand as a host in a URL.
enum HostName {
    /// A DNS name (underscores allowed: container networks use them), an IPv4 address, or an IPv6 address in brackets.
    static func isValid(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return isAddressV6(host.dropFirst().dropLast())
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" || $0 == "_" }
            }
    }

    /// The characters of an IPv6 address; the system's resolver judges the rest.
    static func isAddressV6(_ text: Substring) -> Bool {
        text.count(where: { $0 == ":" }) >= 2
            && text.unicodeScalars.allSatisfy { $0.properties.isASCIIHexDigit || $0 == ":" || $0 == "." }
    }
}

extension Unicode.Scalar {
    /// A to Z, a to z, 0 to 9.
    var isASCIIAlphanumeric: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
