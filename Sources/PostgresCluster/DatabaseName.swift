/// A name that PostgreSQL keeps as it is.
///
/// Source: PostgreSQL manual, "Identifiers and Key Words": longer names are cut off silently.
struct DatabaseName: Sendable {
    let text: String

    init(_ text: String) throws(PostgresClusterError) {
        guard (1...63).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw .invalidDatabaseName(text)
        }
        self.text = text
    }
}
