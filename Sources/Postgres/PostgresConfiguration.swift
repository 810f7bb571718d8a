/// How to reach the database, and every bound on waiting for it.
package struct PostgresConfiguration: Sendable {
    /// A libpq URL or keyword string, TLS parameters included (`sslmode`, `sslrootcert`, ...). Holds the password.
    /// What it says about `connect_timeout`, keepalives and `application_name` goes before what is said here.
    /// Source: PostgreSQL, "Connection Strings".
    package var url: String
    /// Sessions that are open at most. Each has a thread of its own while it works.
    package var maximumConnections: Int
    /// For each host of the URL; libpq counts whole seconds, 2 at least.
    package var connectTimeout: Duration
    /// `statement_timeout`; nil for none. The server then refuses with ``SQLState/queryCanceled``.
    package var statementTimeout: Duration?
    /// `lock_timeout`; nil for none. The server then refuses with ``SQLState/lockNotAvailable``.
    package var lockTimeout: Duration?
    /// `idle_in_transaction_session_timeout`: a transaction that waits longer for its next statement loses its session.
    package var idleInTransactionTimeout: Duration?
    /// How long a task waits for a connection to become free. Opening it may take ``connectTimeout`` more.
    package var checkoutTimeout: Duration
    /// `tcp_user_timeout`: how long sent bytes may stay unacknowledged before the session counts as lost.
    package var unacknowledgedTimeout: Duration
    /// A connection that lay idle for longer is asked for an answer before it is used again.
    package var idleCheckInterval: Duration
    /// Prepared statements that a connection keeps; the least recently used one gives way.
    package var statementCacheCapacity: Int
    /// What `pg_stat_activity` shows.
    package var applicationName: String

    package init(
        url: String,
        maximumConnections: Int = 8,
        connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration? = .seconds(30),
        lockTimeout: Duration? = .seconds(5),
        idleInTransactionTimeout: Duration? = .seconds(60),
        checkoutTimeout: Duration = .seconds(5),
        unacknowledgedTimeout: Duration = .seconds(15),
        idleCheckInterval: Duration = .seconds(30),
        statementCacheCapacity: Int = 256,
        applicationName: String = "tollgate"
    ) {
        self.url = url
        self.maximumConnections = max(1, maximumConnections)
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.checkoutTimeout = checkoutTimeout
        self.unacknowledgedTimeout = unacknowledgedTimeout
        self.idleCheckInterval = idleCheckInterval
        self.statementCacheCapacity = max(1, statementCacheCapacity)
        self.applicationName = applicationName
    }
}

/// Without the URL, which holds the password.
extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
    package var description: String { "PostgresConfiguration(maximumConnections: \(maximumConnections))" }
    package var customMirror: Mirror { Mirror(self, children: ["maximumConnections": maximumConnections]) }
}
