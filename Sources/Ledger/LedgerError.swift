/// What the ledger refuses by its own rules; PostgreSQL's errors pass through as they are.
package enum LedgerError: Error, Sendable, Equatable {
    /// Another tenant has this slug.
    case slugTaken(String)
    /// The counters changed under every attempt to explain a refusal: worth a retry.
    case busy
    /// A row holds what this program never writes: `column` of `table`.
    case corrupt(table: String, column: String)
}
