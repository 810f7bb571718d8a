/// What the ledger refuses by its own rules; PostgreSQL's errors pass through as they are.
package enum LedgerError: Error, Sendable, Equatable {
    /// Another tenant has this slug.
    case slugTaken(String)
    /// The tenant would be left without a valid key that manages keys.
    case lastAdminKey
    /// The key that should be changed is revoked or expired.
    case keyEnded
    /// The key that makes the change was revoked or has expired since it was verified.
    case actorEnded
    /// Too many changes wait to be committed: worth a retry.
    case overloaded
    /// A row holds what this program never writes: `column` of `table`.
    case corrupt(table: String, column: String)
}
