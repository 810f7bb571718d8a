package import Foundation
package import Logging
internal import Synchronization
package import TollgateCore

/// The signer in use, renewed before its credentials end.
///
/// As in AWS's SDKs: in the last five minutes one refresh runs while the old credentials stay in use; in the last
/// minute callers wait for it. A refresh that fails keeps credentials that still hold, and is tried again after a
/// pause that doubles up to a minute. The one task that refreshes is held here, and ``shutdown()`` waits for its end.
package final class S3SignerCache: Sendable {
    private struct Storage {
        var state = SignerState()
        var waiters: [UInt64: CheckedContinuation<S3Signer, any Error>] = [:]
        var lastWaiter: UInt64 = 0
        var task: Task<Void, Never>?
        var isClosed = false
    }

    private let storage = Mutex(Storage())
    private let region: String
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let load: @Sendable () async throws -> S3Credentials

    package init(
        region: String, now: @escaping @Sendable () -> Date, logger: Logger,
        load: @escaping @Sendable () async throws -> S3Credentials
    ) {
        self.region = region
        self.now = now
        self.logger = logger
        self.load = load
    }

    /// A signer with the key of the instant's day. Does not suspend while credentials are fresh.
    ///
    /// - Parameter now: the instant to sign for.
    /// - Returns: the signer in use.
    /// - Throws: ``CredentialsError`` where there are no credentials that still hold; CancellationError.
    package func signer(at now: Date) async throws -> S3Signer {
        if let signer = try usable(at: now) { return signer }
        let ticket = storage.withLock { storage in
            storage.lastWaiter += 1
            return storage.lastWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = storage.withLock { storage -> Result<S3Signer, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    // The refresh may have ended in the meantime.
                    switch decide(&storage, at: now) {
                    case .use(let signer): return .success(signer)
                    case .fail(let error): return .failure(error)
                    case .wait:
                        storage.waiters[ticket] = continuation
                        return nil
                    }
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            storage.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
        }
    }

    /// The same where nothing has to be waited for; nil where it does, or where there are no credentials.
    package func signerAtHand(at now: Date) -> S3Signer? {
        switch storage.withLock({ decide(&$0, at: now) }) {
        case .use(let signer): signer
        case .wait, .fail: nil
        }
    }

    /// Ends the refresh that runs, if any; who waits for it is refused. No further one begins.
    package func shutdown() async {
        let (task, waiters) = storage.withLock { storage in
            storage.isClosed = true
            defer { storage.waiters = [:] }
            return (storage.task, storage.waiters)
        }
        for waiter in waiters.values { waiter.resume(throwing: CredentialsError(source: "cache", .closed)) }
        task?.cancel()
        await task?.value
    }

    /// For tests: how many callers wait.
    var waitingCount: Int { storage.withLock { $0.waiters.count } }

    private func usable(at now: Date) throws -> S3Signer? {
        let decision = storage.withLock { decide(&$0, at: now) }
        switch decision {
        case .use(let signer): return signer
        case .fail(let error): throw error
        case .wait: return nil
        }
    }

    private enum Answer {
        case use(S3Signer)
        case wait
        case fail(any Error)
    }

    private func decide(_ storage: inout Storage, at now: Date) -> Answer {
        if storage.isClosed { return storage.state.afterClosing(at: now).map { .use($0) } ?? .fail(closed) }
        let decision = storage.state.decide(at: now)
        if decision.startsRefresh { storage.task = Task { await self.refresh() } }
        switch decision.answer {
        case .use(let signer): return .use(signer)
        case .wait: return .wait
        case .fail(let error): return .fail(error)
        }
    }

    private var closed: CredentialsError { CredentialsError(source: "cache", .closed) }

    private func refresh() async {
        let result: Result<S3Credentials, any Error>
        do { result = .success(try await load()) } catch { result = .failure(error) }
        let now = now()
        let (outcome, waiters) = storage.withLock { storage in
            let outcome = storage.state.finish(result, region: region, at: now)
            storage.task = nil
            defer { storage.waiters = [:] }
            return (outcome, storage.waiters)
        }
        for waiter in waiters.values { waiter.resume(with: outcome) }
        switch result {
        case .success(let credentials):
            let end = credentials.expiresAt.map { RFC3339.formatSeconds($0) } ?? "never"
            logger.debug("credentials for the store renewed", metadata: ["credentials.expires_at": .string(end)])
        case .failure(let error) where !(error is CancellationError):
            logger.warning("credentials for the store not renewed", metadata: ["error": .string("\(error)")])
        case .failure: break
        }
    }
}
