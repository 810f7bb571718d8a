import AsyncHTTPClient
import Foundation
package import Ledger
import Logging
import NIOPosix
import ObjectStorage
import TollgateCore

extension ObjectAudit {
    /// Lends an audit of the store that a gateway with these settings would use, and closes what it needed.
    /// - Throws: what `work` throws; what keeps the store from being opened.
    package static func with<Result>(
        _ serving: ServingSettings, ledger: Ledger, removesOrphans: Bool, _ work: (ObjectAudit) async throws -> Result
    ) async throws -> Result {
        let settings = serving.settings
        let threads = NIOThreadPool(numberOfThreads: 8)
        threads.start()
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: settings.storage.s3.timeouts.clientConfiguration)
        // What fails is told by the command.
        let logger = Logger(label: "tollgate.audit") { _ in SwiftLogNoOpLogHandler() }
        let credentials = serving.storeCredentials(logger: logger)
        let result: Swift.Result<Result, any Error>
        do {
            let store = try await StoreComposition(
                serving.store, publicURL: settings.server.publicURL().description,
                slowestUpload: settings.uploads.holding.slowestUpload, threads: threads, httpClient: client,
                credentials: credentials, logger: logger, at: Date())
            let audit = ObjectAudit(
                ledger: ledger, storage: store.storage, keyPrefix: try settings.storage.objectKeyPrefix(),
                holding: settings.uploads.holding, removesOrphans: removesOrphans, now: { Date() })
            result = .success(try await work(audit))
        } catch {
            result = .failure(error)
        }
        try await credentials?.shutdown()
        try await client.shutdown()
        try await threads.shutdownGracefully()
        return try result.get()
    }
}
