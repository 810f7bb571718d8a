import NIOCore
import Synchronization
import TollgateCore

/// Counts wrong credentials by the address that they come from, in bounded memory: whoever tries keys costs the others
/// no more than this.
final class FailedAuthentications: Sendable {
    private let limit: RateLimit
    private let buckets = Mutex(TokenBuckets<ClientNetwork>(capacity: 65_536))

    init(limit: RateLimit) {
        self.limit = limit
    }

    convenience init(_ settings: Settings.Limits) {
        self.init(
            limit: RateLimit(
                quota: settings.failedAuthentications,
                windowSeconds: Int(settings.failedAuthenticationWindow.components.seconds)))
    }

    /// Counts an attempt as failed until it is known better, so that many at once are not more than one after the
    /// other.
    /// - Throws: ``Problem`` 429 where there were too many.
    func begin(_ network: ClientNetwork) throws(Problem) {
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        let decision = buckets.withLock { $0.take(network, limit, at: now) }
        guard decision.isAllowed else { throw Problem.rateLimited(retryAfterSeconds: decision.waitSeconds) }
    }

    /// Takes an attempt off the count.
    func succeeded(_ network: ClientNetwork) {
        buckets.withLock { $0.giveBack(network, limit) }
    }
}

/// One request's attempt to authenticate with what has not been proven lately.
struct AuthenticationAttempt: Sendable {
    let failures: FailedAuthentications
    let context: GatewayContext

    func begin() throws(Problem) {
        try failures.begin(context.clientNetwork)
    }

    func succeeded() {
        failures.succeeded(context.clientNetwork)
    }
}
