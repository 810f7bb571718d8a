/// What the ledger refuses by its own rules; PostgreSQL's errors pass through as they are.
package enum LedgerError: Error, Sendable, Equatable {
    /// Another tenant has this slug.
    case slugTaken(String)
    /// Too many changes wait to be committed: worth a retry.
    case overloaded
    /// A row holds what this program never writes: `column` of `table`.
    case corrupt(table: String, column: String)
}
