import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What travels with one request from the outermost middleware to its route.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let requestID: String
    let trace: RequestTrace
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        self.init(source: source, requestID: Self.makeRequestID())
    }

    init(source: ApplicationRequestContextSource, requestID: String) {
        channel = source.channel
        self.requestID = requestID
        trace = RequestTrace()
        coreContext = .init(source: source)
        // Hummingbird's own id would be a second one for the same thing.
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: LogKeys.requestID] = .string(requestID)
    }

    /// The client, where a trusted proxy passes its request on.
    var forwardedClient: SocketAddress?

    /// The other end of the connection.
    var peer: SocketAddress? { channel.remoteAddress }

    /// The client's address without its port; nil on a UNIX socket.
    var remoteAddress: String? { (forwardedClient ?? peer)?.ipAddress }

    /// Whom the client's address belongs to.
    var clientNetwork: ClientNetwork { ClientNetwork(forwardedClient ?? peer) }

    /// Waits until the event loop has seen what was written to the response.
    ///
    /// A write returns at once while the channel *was* writable when its loop last looked. On a busy machine a
    /// producer runs ahead of the loop, and everything it produces meanwhile is held in memory; with this between
    /// two writes it is one write ahead at most.
    func writesReachedChannel() async throws {
        try await channel.eventLoop.submit {}.get()
    }

    /// 128 random bits in hexadecimal: unique over all gateways without talking to any.
    static func makeRequestID() -> String {
        var generator = SystemRandomNumberGenerator()
        let halves = (generator.next(), generator.next())
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<16 {
                buffer[index] = hexadecimal(halves.0, digit: index)
                buffer[16 + index] = hexadecimal(halves.1, digit: index)
            }
            return 32
        }
    }

    private static func hexadecimal(_ bits: UInt64, digit: Int) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits >> UInt64(60 - 4 * digit)) & 15
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// What a request's route learns about it, for the one line of the access log and for the answer's header.
final class RequestTrace: Sendable {
    private let values = Mutex(Logger.Metadata(minimumCapacity: AnsweredRequest.usualDetails))
    private let limits = Mutex<[RateLimitState]>([])
    private let refusal = Mutex(false)
    private let route = Mutex<RouteMeter?>(nil)

    func set(_ key: String, _ value: String) {
        values.withLock { $0[key] = .string(value) }
    }

    var metadata: Logger.Metadata { values.withLock { $0 } }

    /// Notes that anybody can have this answer, without a key and as often as they like.
    func setRefusal() {
        refusal.withLock { $0 = true }
    }

    var isRefusal: Bool { refusal.withLock { $0 } }

    /// Notes which route answers.
    func setMeter(_ meter: RouteMeter) {
        route.withLock { $0 = meter }
    }

    /// What counts the request; nil where it reached no route.
    var meter: RouteMeter? { route.withLock { $0 } }

    func setRateLimits(_ states: [RateLimitState]) {
        limits.withLock { $0 = states }
    }

    /// What the caller's limits left; empty where there are none.
    var rateLimits: [RateLimitState] { limits.withLock { $0 } }
}
