import Ledger
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Hears of changed keys and tenants, and makes the gateway forget what it knew of them.
///
/// While it hears nothing, because the database is out of reach or refuses the session, the cache gives out no rows,
/// and every request reads its own.
final class IdentityListener: Service {
    private let listener: PostgresListener
    private let caches: [KeyCache]
    private let logger: Logger
    /// Whether it was up when that was last told; nil before the first time.
    private let toldUp = Mutex<Bool?>(nil)

    /// - Throws: `PostgresError.invalidURL`.
    init(database: PostgresConfiguration, caches: [KeyCache], logger: Logger) throws {
        listener = try PostgresListener(configuration: database, channels: [IdentityChange.channel])
        self.caches = caches
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await listener.run { self.handle($0) }
        }
        for cache in caches { cache.stopListening() }
    }

    private func handle(_ event: PostgresListener.Event) {
        switch event {
        case .listening:
            for cache in caches { cache.beginListening() }
            if isNews(up: true) { logger.info("changes of keys and tenants are heard of") }
        case .notification(let notification):
            let change = IdentityChange(payload: notification.payload)
            caches.forgetRows(of: change)
        case .down(let error):
            for cache in caches { cache.stopListening() }
            if isNews(up: false) {
                logger.warning(
                    "changes of keys and tenants are not heard of; every request reads them",
                    metadata: [LogKeys.error: "\(error)"])
            }
        }
    }

    private func isNews(up: Bool) -> Bool {
        toldUp.withLock { told in
            defer { told = up }
            return told != up
        }
    }
}
