import Argon2
import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdCore
import Ledger
package import Logging
import NIOCore
import NIOPosix
import ObjectStorage
package import Postgres
import ServiceLifecycle
package import TollgateCore
import UnixSignals

/// One gateway, put together from its settings. The only place that constructs services.
package struct Gateway: Sendable {
    /// As the header `Server` of every answer has it.
    private static let name = "tollgate"

    private let settings: ServingSettings
    private let logger: Logger

    package init(settings: ServingSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Serves until a signal or a cancellation ends it: requests in progress are let finish, then the background work
    /// ends, then the connections to the database are closed.
    ///
    /// - Parameter onReady: called once, with the public URL, when the server accepts connections.
    /// - Throws: what keeps the gateway from starting: the port is taken, the schema is another's, the store's
    ///   directory cannot be written.
    package func run(onReady: @escaping @Sendable (_ publicURL: String) async throws -> Void) async throws {
        let port = try ReservedPort(host: settings.settings.server.host, port: settings.settings.server.port)
        let publicURL = settings.settings.server.publicURL(boundPort: port.number).description
        let pool = try PostgresPool(configuration: settings.settings.postgresConfiguration())
        let ledger = Ledger(pool: pool)
        let threads = NIOThreadPool(numberOfThreads: 16)
        threads.start()
        let httpClient = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: settings.settings.storage.s3.timeouts.clientConfiguration)
        let costs = try settings.settings.keys.argon2Parameters()
        let provers = KeyProvers(
            ordinary: Argon2Pool(workers: max(1, System.coreCount - 1), maximumWaiting: 64, parameters: costs),
            suspects: Argon2Pool(workers: 1, maximumWaiting: 64, priority: .idle, parameters: costs))
        let credentials = settings.storeCredentials(logger: logger)
        do {
            try await Migrator(pool: pool).requireCurrentSchema()
            let parts = try await Parts(
                settings, ledger: ledger, pool: pool, threads: threads, httpClient: httpClient,
                credentials: credentials, provers: provers, publicURL: publicURL, logger: logger)
            let silent = SilentConnections()
            let drain = ListenerDrain(silent: silent, logger: logger)
            // Ended in reverse order: new connections, then the server, then what works behind it.
            var configuration = ServiceGroupConfiguration(
                services: parts.keyServices.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) } + [
                    .init(service: parts.sweeper(settings, logger: logger)),
                    .init(
                        service: server(
                            parts, port: port, publicURL: publicURL, silent: silent, drain: drain, onReady: onReady),
                        successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: drain),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            configuration.maximumGracefulShutdownDuration = settings.settings.server.shutdownTimeout
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            await close(pool, ledger, threads, httpClient, credentials, provers)
            throw error
        }
        await close(pool, ledger, threads, httpClient, credentials, provers)
    }

    private func close(
        _ pool: PostgresPool, _ ledger: Ledger, _ threads: NIOThreadPool, _ httpClient: HTTPClient,
        _ credentials: StoreCredentials?, _ provers: KeyProvers
    ) async {
        await pool.shutdown()
        // Starts whose clients are gone may outlast the server: those of the batch under way are committed, those that
        // waited behind it refused.
        await ledger.idle()
        await provers.shutdown()
        await end("the store's credentials") { try await credentials?.shutdown() }
        await end("the HTTP client") { try await httpClient.shutdown() }
        await end("the store's threads") { try await threads.shutdownGracefully() }
    }

    /// Ends one part; the others are ended whatever becomes of it.
    private func end(_ part: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            logger.warning(
                "a part did not end",
                metadata: [LogKeys.component: .string(part), LogKeys.error: .string("\(error)")])
        }
    }

    private func server(
        _ parts: Parts, port: ReservedPort, publicURL: String, silent: SilentConnections, drain: ListenerDrain,
        onReady: @escaping @Sendable (String) async throws -> Void
    ) -> some Service {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ClientAddressMiddleware(proxies: settings.settings.server.trustedProxies))
        let accessLog = AccessLog(meters: parts.metrics.requests)
        router.add(middleware: AccessLogMiddleware(log: accessLog))
        router.add(middleware: CrossOriginMiddleware(origins: settings.settings.server.corsOrigins))
        router.add(middleware: RateLimitMiddleware())
        router.add(middleware: ProblemMiddleware())
        var table = RouteTable(
            router: router, authenticator: parts.authenticator, limits: parts.limits, meters: parts.metrics.requests)
        parts.register(on: &table)
        table.answerOtherMethods()
        table.log(to: logger)

        let server = settings.settings.server
        let starts = parts.startLane(server, accessLog: accessLog, serverName: Self.name, logger: logger)
        return Application(
            router: router,
            server: HTTPServerBuilder { responder in
                GatewayChannel(
                    http: HTTP1Channel(responder: responder, configuration: GatewayChannel.configuration),
                    starts: starts, silent: silent, readTimeout: TimeAmount(server.readTimeout),
                    writeTimeout: TimeAmount(server.writeTimeout))
            },
            configuration: ApplicationConfiguration(
                address: .hostname(server.host, port: port.number), serverName: Self.name,
                availableConnectionsDelegate: MaximumAvailableConnections(server.maximumConnections)),
            onServerRunning: { [logger] listener in
                port.release()
                drain.watch(listener)
                logger.info("serving", metadata: [LogKeys.serverURL: .string(publicURL)])
                do {
                    try await onReady(publicURL)
                } catch {
                    logger.error("not ready", metadata: [LogKeys.error: .string("\(error)")])
                }
            },
            logger: logger)
    }
}

extension Settings {
    /// The database's settings as the client takes them.
    /// - Throws: `SettingsError` where no database is named.
    package func postgresConfiguration(maximumConnections: Int? = nil) throws -> PostgresConfiguration {
        PostgresConfiguration(
            url: try requiredDatabaseURL().connectionString,
            maximumConnections: maximumConnections ?? database.poolSize,
            connectTimeout: database.connectTimeout, statementTimeout: database.statementTimeout,
            lockTimeout: database.lockTimeout)
    }
}

extension Settings.Uploads {
    package var holding: Holding {
        Holding(graceSeconds: Int(grace.components.seconds), windowSeconds: Int(window.components.seconds))
    }
}

extension Settings.Storage {
    /// - Throws: ``SettingsError`` never: the prefix was checked when it was read; ``InvalidKeyPrefix`` says so.
    func objectKeyPrefix() throws -> ObjectKeyPrefix {
        guard let prefix = ObjectKeyPrefix(keyPrefix) else { throw InvalidKeyPrefix() }
        return prefix
    }
}

/// TOLLGATE_STORAGE_KEY_PREFIX is no path that keys can begin with.
struct InvalidKeyPrefix: Error, CustomStringConvertible {
    var description: String {
        "TOLLGATE_STORAGE_KEY_PREFIX must be a path of letters, digits and !-_.*'() without empty segments"
    }
}
