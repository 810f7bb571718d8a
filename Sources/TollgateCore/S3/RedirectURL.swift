/// The URL to which a form's sender is led once its file is stored.
///
/// Source: Amazon S3 API Reference, "Creating an HTML form", success_action_redirect.
enum RedirectURL {
    /// Whether a text is an http or https URL with a host, in characters that a Location header can carry
    /// (RFC 3986, section 2).
    static func isAbsolute(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "://") else { return false }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return false }
        guard let first = text[mark.upperBound...].utf8.first, !"/?#:@".utf8.contains(first) else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
    }

    /// The URL with parameters behind those that it has, before a fragment.
    static func appending(_ parameters: [PostForm.Field], to url: String) -> String {
        let fragment = url.firstIndex(of: "#") ?? url.endIndex
        var result = String(url[..<fragment])
        if !result.contains("?") {
            result += "?"
        } else if result.utf8.last != UInt8(ascii: "?"), result.utf8.last != UInt8(ascii: "&") {
            result += "&"
        }
        result += parameters.map { "\($0.name)=\(URIEncoding.encode($0.value, keepingSlash: false))" }
            .joined(separator: "&")
        return result + url[fragment...]
    }
}
