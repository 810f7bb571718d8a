/// How a cluster is run.
package struct ClusterOptions: Sendable {
    /// Whether committed data must survive a crash of the machine.
    package enum Durability: Sendable {
        /// Everything that PostgreSQL promises.
        case durable
        /// No waiting for the disk: quick, and lost when the machine stops. For tests.
        case throwaway
    }

    package var durability: Durability
    /// How long the server may take until it accepts connections, recovery after a crash included.
    package var startTimeout: Duration
    /// How long a server gets to end by itself before it is ended harder.
    package var stopTimeout: Duration

    /// Where data go that cannot lie in the directory itself; see ``ServerHome``.
    var relocationBase: String = "/var/lib/tollgate-dev"

    package init(
        durability: Durability = .durable,
        startTimeout: Duration = .seconds(60),
        stopTimeout: Duration = .seconds(30)
    ) {
        self.durability = durability
        self.startTimeout = startTimeout
        self.stopTimeout = stopTimeout
    }

    /// Full durability.
    package static var durable: ClusterOptions { ClusterOptions() }
    /// For tests: nothing waits for the disk.
    package static var throwaway: ClusterOptions { ClusterOptions(durability: .throwaway) }

    /// Server settings, given on its command line so that they also hold for data made by an earlier release.
    ///
    /// Source: PostgreSQL manual, "Server Configuration" and "Non-Durable Settings".
    var serverSettings: [String] {
        let always = [
            // No TCP: the socket's folder is the only way in, and only its owner can pass it.
            "listen_addresses=", "unix_socket_permissions=0700", "port=\(ServerHome.port)",
            "max_connections=100", "shared_buffers=64MB", "max_wal_size=512MB", "min_wal_size=32MB",
            "max_wal_senders=0", "jit=off", "timezone=UTC",
            "logging_collector=off", "log_destination=stderr", "log_line_prefix=%m [%p] ",
            "cluster_name=tollgate",
        ]
        switch durability {
        case .durable: return always
        case .throwaway:
            // Many tests at once, each with pools of its own.
            return always + [
                "max_connections=500", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
                "wal_level=minimal",
            ]
        }
    }
}
