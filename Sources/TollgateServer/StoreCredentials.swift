import AsyncHTTPClient
import Foundation
import Logging
import ObjectStorage
import TollgateCore

/// The credentials for an S3 store: those of the settings, else what AWS's own tools would find.
struct StoreCredentials: Sendable {
    private let client: HTTPClient
    private let cache: S3SignerCache

    /// - Parameters:
    ///   - settings: of the store; its key pair goes first.
    ///   - region: the bucket's.
    ///   - environment: `AWS_...`, as the process was started with.
    ///   - logger: told of refreshes that fail.
    init(_ settings: Settings.Storage.S3, region: String, environment: [String: String], logger: Logger) {
        // A client of its own: whoever hands out credentials is near and quick, or not there.
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: S3CredentialsChain.clientConfiguration)
        let now: @Sendable () -> Date = { Date() }
        let chain = S3CredentialsChain(
            settings: settings.credentials, environment: environment, region: region, client: client, now: now)
        self.client = client
        cache = S3SignerCache(region: region, now: now, logger: logger) { try await chain.credentials() }
    }

    /// The signer that holds at an instant; quick but for a refresh.
    func signer(at now: Date) async throws -> S3Signer { try await cache.signer(at: now) }

    /// The same where nothing has to be waited for.
    func signerAtHand(at now: Date) -> S3Signer? { cache.signerAtHand(at: now) }

    /// Ends a refresh that is running. Nothing can be signed afterwards.
    func shutdown() async throws {
        await cache.shutdown()
        try await client.shutdown()
    }
}

extension ServingSettings {
    /// Those of the store, where it is one that asks for them.
    func storeCredentials(logger: Logger) -> StoreCredentials? {
        guard case .s3(let settings, _, let region) = store else { return nil }
        return StoreCredentials(
            settings, region: region, environment: ProcessInfo.processInfo.environment, logger: logger)
    }
}

extension Settings.Storage.S3 {
    fileprivate var credentials: S3Credentials? {
        guard let accessKeyID, let secretAccessKey else { return nil }
        return S3Credentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey.revealed, sessionToken: sessionToken?.revealed)
    }
}
