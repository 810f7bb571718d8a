package import Ledger

/// What an audit has to say, as it goes.
package enum AuditEvent: Sendable, Equatable {
    /// An invariant is broken. With `--repair` it is told before anything is done about it.
    case found(Discrepancy)
    /// Nothing is broken, but worth a word.
    case noted(Discrepancy)
    /// A repair has changed something of a tenant.
    case repaired(slug: String, what: String)
    /// What a repair could not decide.
    case left(Discrepancy)
}

/// How an audit ended.
package struct AuditSummary: Sendable, Equatable {
    package var found = 0
    package var noted = 0
    package var repaired = 0
    /// Discrepancies that are there now: after a repair those that it left, else all that were found.
    package var left = 0

    package var isClean: Bool { left == 0 }
}
