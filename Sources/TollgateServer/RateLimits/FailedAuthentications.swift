import NIOCore
import Prometheus
import Synchronization
import TollgateCore

/// Counts wrong credentials by the address that they come from, in bounded memory: whoever tries keys costs the others
/// no more than this.
///
/// What cannot be a credential costs nothing to refuse and is counted apart: one client's garbage behind a proxy takes
/// nothing from the others' keys there.
final class FailedAuthentications: Sendable {
    /// For metrics: credentials that were not valid, and attempts that were refused unexamined.
    let wrong = Counter()
    let limited = Counter()
    private let limit: RateLimit
    private let buckets = Mutex(TokenBuckets<ClientNetwork>(capacity: 65_536))
    private let unreadable = Mutex(TokenBuckets<ClientNetwork>(capacity: 65_536))

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
        let now = Self.now
        try require(buckets.withLock { $0.take(network, limit, at: now) })
    }

    /// Takes an attempt off the count.
    func takeBack(_ network: ClientNetwork) {
        buckets.withLock { $0.giveBack(network, limit) }
    }

    /// - Throws: ``Problem`` 429 where an attempt would be refused now; none is counted.
    func requireRoom(_ network: ClientNetwork) throws(Problem) {
        let now = Self.now
        try require(buckets.withLock { $0.look(network, limit, at: now) })
    }

    /// Whether so much of what a client may fail is used up that it looks like one who tries keys: a third, and no more
    /// than ``unsuspicious``.
    func isSuspect(_ network: ClientNetwork) -> Bool {
        let now = Self.now
        let one = buckets.withLock { $0.look(network, limit, at: now) }
        let used = one.isAllowed ? limit.quota - one.remaining - 1 : limit.quota
        return used > max(1, min(limit.quota / 3, Self.unsuspicious))
    }

    /// Attempts under way count until they are known better: many right keys behind one address, all new to a gateway
    /// that has just started, are no more at once than it examines and lets wait (65 on two processors).
    private static let unsuspicious = 100

    /// Counts what has not the form of a credential, or not the signature of one.
    /// - Throws: ``Problem`` 429 where there was too much of it.
    func countUnreadable(_ network: ClientNetwork) throws(Problem) {
        let now = Self.now
        try require(unreadable.withLock { $0.take(network, limit, at: now) })
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

    private func require(_ decision: TokenBucket.Decision) throws(Problem) {
        guard decision.isAllowed else {
            limited.increment()
            throw Problem.rateLimited(retryAfterSeconds: decision.waitSeconds)
        }
    }
}

/// One client's attempt to authenticate with what has not been proven before.
struct AuthenticationAttempt: Sendable {
    let failures: FailedAuthentications
    let network: @Sendable () -> ClientNetwork

    func begin() throws(Problem) { try failures.begin(network()) }
    func takeBack() { failures.takeBack(network()) }
    func requireRoom() throws(Problem) { try failures.requireRoom(network()) }
    var isSuspect: Bool { failures.isSuspect(network()) }
    func countUnreadable() throws(Problem) { try failures.countUnreadable(network()) }
}
