extension Settings {
    package struct Database: Sendable {
        /// Required by every command that touches the database.
        package let url: DatabaseURL?
        package let poolSize: Int
        package let connectTimeout: Duration
        package let statementTimeout: Duration
        package let lockTimeout: Duration

        init(from reader: inout SettingsReader) {
            url = reader.readIfPresent(
                "database.url", .databaseURL,
                "PostgreSQL, as `postgresql://user:password@host/database`; `dev` runs its own")
            poolSize = reader.read(
                "database.pool_size", .integer(1...1000), default: 8,
                "Connections to PostgreSQL of this gateway")
            connectTimeout = reader.read(
                "database.connect_timeout_seconds", .seconds(1...300), default: .seconds(5),
                "A connection that is not there by then has failed")
            statementTimeout = reader.read(
                "database.statement_timeout_seconds", .seconds(1...3600), default: .seconds(30),
                "A statement that takes longer is cancelled")
            lockTimeout = reader.read(
                "database.lock_timeout_seconds", .seconds(1...3600), default: .seconds(5),
                "A statement that waits longer for a lock is cancelled")
        }
    }
}
