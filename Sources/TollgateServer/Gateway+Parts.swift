import Argon2
import AsyncHTTPClient
import Foundation
import HTTPTypes
import Ledger
import Logging
import NIOPosix
import ObjectStorage
import Postgres
import ServiceLifecycle
import TollgateCore

extension Gateway {
    /// The services of one gateway, wired to each other.
    struct Parts {
        let ledger: Ledger
        let store: StoreComposition
        let uploads: UploadService
        let authenticator: Authenticator
        let limits: RequestLimits
        let metrics: GatewayMetrics
        private let tokens: TokenService
        private let keyService: KeyService
        private let keyCaches: [KeyCache]
        /// What keeps the authenticator's knowledge of keys true while the gateway serves.
        let keyServices: [any Service]
        private let cdn: CDN?
        private let now: @Sendable () -> Date = { Date() }

        init(
            _ serving: ServingSettings, ledger: Ledger, pool: PostgresPool, threads: NIOThreadPool,
            httpClient: HTTPClient,
            credentials: StoreCredentials?, provers: KeyProvers, publicURL: String, logger: Logger
        ) async throws {
            let settings = serving.settings
            self.ledger = ledger
            cdn = serving.cdn
            store = try await StoreComposition(
                serving.store, publicURL: publicURL, slowestUpload: settings.uploads.holding.slowestUpload,
                threads: threads, httpClient: httpClient, credentials: credentials, logger: logger, at: now())
            uploads = UploadService(
                ledger: ledger, storage: store.storage, holding: settings.uploads.holding,
                keyPrefix: try settings.storage.objectKeyPrefix(), ids: UploadIDs(), now: now)
            let cacheSeconds = Int(settings.keys.cacheLifetime.components.seconds)
            let keys = try KeyCache(lifetimeSeconds: cacheSeconds)
            let tokenKeys = try KeyCache(lifetimeSeconds: cacheSeconds)
            keyCaches = [keys, tokenKeys]
            let upkeep = KeyUpkeep(ledger: ledger, argon2: provers.ordinary, cache: keys, logger: logger)
            keyServices = [
                try IdentityListener(
                    database: settings.postgresConfiguration(), caches: keyCaches, logger: logger), upkeep,
            ]
            let signer = UploadTokenSigner(
                secret: serving.secret.revealed, previous: settings.previousSecret?.revealed)
            tokens = TokenService(signer: signer, now: now)
            let failures = FailedAuthentications(settings.limits)
            authenticator = Authenticator(
                verifier: KeyVerifier(ledger: ledger, provers: provers, cache: keys, upkeep: upkeep),
                tokens: TokenVerifier(signer: signer, ledger: ledger, cache: tokenKeys),
                failures: failures, now: now)
            limits = RequestLimits(requestsPerSecondAndKey: settings.limits.keyRequestsPerSecond)
            keyService = try KeyService(ledger: ledger, settings: settings.keys, argon2: provers.ordinary)
            metrics = GatewayMetrics(
                requests: RequestMeters(), failures: failures, provers: provers,
                keyCaches: ["api_keys": keys, "upload_tokens": tokenKeys], ledger: ledger, pool: pool,
                sweeper: SweeperMeters(), process: ProcessUsage(startedAt: now()))
        }

        func register(on table: inout RouteTable) {
            let files = FileService(uploads: uploads)
            let downloads = DownloadService(ledger: ledger, storage: store.storage, cdn: cdn, now: now)
            SystemRoutes(ledger: ledger, storage: store.storage, metrics: metrics).register(on: &table)
            UploadRoutes(uploads: uploads, downloads: downloads).register(on: &table)
            TokenRoutes(tokens: tokens).register(on: &table)
            FileRoutes(files: files).register(on: &table)
            KeyRoutes(keys: keyService, ledger: ledger, caches: keyCaches, now: now).register(on: &table)
            TenantRoutes(ledger: ledger, now: now).register(on: &table)
            OperatorRoutes(
                tenants: TenantService(ledger: ledger, keys: keyService), keys: keyService, caches: keyCaches, now: now
            ).register(on: &table)
            ClassicRoutes(uploads: uploads, files: files).register(on: &table)
            if let endpoint = store.endpoint { StorageRoutes(endpoint: endpoint, now: now).register(on: &table) }
        }

        func startLane(
            _ server: Settings.Server, accessLog: AccessLog, serverName: String, logger: Logger
        ) -> StartLane {
            StartLane(
                uploads: uploads, authenticator: authenticator, limits: limits, proxies: server.trustedProxies,
                accessLog: accessLog, meter: metrics.requests.meter(.post, UploadRoutes.startPath),
                taken: metrics.requests.shortStarts, serverName: serverName, logger: logger)
        }

        func sweeper(_ serving: ServingSettings, logger: Logger) -> Sweeper {
            Sweeper(
                ledger: ledger, uploads: uploads, storage: store.storage,
                holding: serving.settings.uploads.holding, interval: serving.settings.uploads.sweepInterval, now: now,
                logger: logger, meters: metrics.sweeper)
        }
    }
}
