/// Runs SQL by the server's own client program.
struct Psql {
    let program: String
    let connection: ConnectionURL

    /// - Parameters:
    ///   - sql: statements and psql's own commands.
    ///   - database: the database to connect to.
    ///   - variables: for `:'name'` and `:"name"` in the text, which psql quotes.
    /// - Returns: what it printed, command tags included.
    /// - Throws: ``PostgresClusterError/toolFailed(name:output:)``.
    func run(_ sql: String, database: String, variables: [String: String]) throws -> String {
        let assignments = variables.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        let outcome = try Tool.run(
            [
                program, "--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
                "--host", connection.socketDirectory, "--port", String(connection.port),
                "--username", connection.user, "--dbname", database,
            ] + assignments,
            input: sql,
            // In the environment only the same user and root can read it; in the arguments everyone could.
            environment: ["PGPASSWORD": connection.password])
        guard outcome.status == 0 else {
            throw PostgresClusterError.toolFailed(name: "psql", output: outcome.tail)
        }
        return outcome.output
    }
}
