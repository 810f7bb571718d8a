import TollgateCore

extension MediaType {
    /// Whether a `Content-Type` is `application/json`; parameters play no part.
    static func isJSON(_ text: String) -> Bool {
        if text == "application/json" { return true }
        do {
            let type = try MediaType(text)
            return type.type == "application" && type.subtype == "json"
        } catch {
            return false
        }
    }
}
