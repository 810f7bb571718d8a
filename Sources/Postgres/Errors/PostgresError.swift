/// Everything that can go wrong between the gateway and its database, except for decoding.
///
/// A cancelled task gets `CancellationError`, a value of the wrong shape ``PostgresDecodingError``.
/// No case holds a value of a row, a parameter or the password.
package enum PostgresError: Error, Hashable, Sendable {
    /// The URL is not one that libpq reads. Its text is withheld, for it may hold the password.
    case invalidURL
    /// No session could be had; libpq's reason without the password.
    case connectionFailed(String)
    /// The session ended under a statement. Outside a transaction the statement may have taken effect or not.
    case connectionLost(SQLState?)
    /// The session ended under `COMMIT`: the transaction may have been committed or not.
    case outcomeUnknown(SQLState?)
    /// The server refused the statement.
    case server(ServerError)
    /// `COMMIT` ended as a rollback, because a statement had failed and its error was not passed on.
    case transactionAborted
    /// No connection became free in the time that a checkout may take.
    case poolTimeout(waited: Duration)
    /// The pool was shut down.
    case poolClosed
    /// The statement cannot be sent as it is; says why.
    case invalidStatement(String)

    /// The server's error, where there is one.
    package var serverError: ServerError? {
        guard case .server(let error) = self else { return nil }
        return error
    }

    /// The condition that the server named, where it named one.
    package var sqlState: SQLState? {
        switch self {
        case .server(let error): error.sqlState
        case .connectionLost(let state), .outcomeUnknown(let state): state
        default: nil
        }
    }

    /// The name of the violated constraint, where the error is such a violation.
    package var constraint: String? { serverError?.constraint }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL: "the database URL is not one that libpq reads"
        case .connectionFailed(let reason): "no connection to the database: \(reason)"
        case .connectionLost(let state): "the connection to the database was lost\(Self.suffix(state))"
        case .outcomeUnknown(let state):
            "the connection to the database was lost in COMMIT, its outcome is unknown\(Self.suffix(state))"
        case .server(let error): error.description
        case .transactionAborted: "the transaction was rolled back at COMMIT because a statement in it had failed"
        case .poolTimeout(let waited): "no database connection became free within \(waited)"
        case .poolClosed: "the database pool is shut down"
        case .invalidStatement(let reason): "the statement cannot be sent: \(reason)"
        }
    }

    private static func suffix(_ state: SQLState?) -> String { state.map { " (\($0))" } ?? "" }
}
