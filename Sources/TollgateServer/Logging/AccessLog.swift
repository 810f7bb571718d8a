import HTTPTypes
import Logging
import NIOCore
import Synchronization

/// A request that was answered, as the log and the metrics know it.
struct AnsweredRequest {
    let method: HTTPRequest.Method
    /// The route's template, never the path with its query: both may hold signatures. nil where it reached no route.
    let route: String?
    let status: HTTPResponse.Status
    let duration: Duration
    /// The client's address; nil on a UNIX socket.
    let client: String?
    /// Anybody can have this answer, without a key and as often as they like.
    var isRefusal = false
    /// What its route learned.
    var details: Logger.Metadata = [:]

    /// How many metadata a line has, so that their dictionary does not grow.
    static let usualDetails = 12
}

/// One line a request, and one place in the metrics.
final class AccessLog: Sendable {
    private let meters: RequestMeters
    private let refusals = Mutex(RefusalWindow())

    init(meters: RequestMeters) {
        self.meters = meters
    }

    /// The meter is its route's; nil where it reached none.
    func note(_ request: AnsweredRequest, by meter: RouteMeter?, to logger: Logger) {
        (meter ?? meters.unrouted).observe(request.status, to: request.method, took: request.duration)
        let isProbe = request.route.map(Self.probes.contains) ?? false
        let isLogged = admits(request, logger)
        logger.log(
            level: isProbe || !isLogged ? .debug : .info, "request", metadata: Self.metadata(of: request))
    }

    private static func metadata(of request: AnsweredRequest) -> Logger.Metadata {
        var metadata = request.details
        metadata[LogKeys.httpMethod] = .string(request.method.rawValue)
        metadata[LogKeys.httpRoute] = .string(request.route ?? "-")
        metadata[LogKeys.httpStatus] = .stringConvertible(request.status.code)
        metadata[LogKeys.duration] = .stringConvertible(milliseconds(request.duration))
        metadata[LogKeys.clientAddress] = .string(request.client ?? "-")
        return metadata
    }

    /// Whether an answer gets a line: those to wrong credentials, to more of them than can be verified, and to callers
    /// over their limit only so many a minute.
    private func admits(_ request: AnsweredRequest, _ logger: Logger) -> Bool {
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        let isRefusal = request.status == .unauthorized || request.status == .tooManyRequests || request.isRefusal
        let (isLogged, unlogged) = refusals.withLock { window in
            let unlogged = window.turn(at: now)
            return (!isRefusal || window.admit(), unlogged)
        }
        if let unlogged {
            logger.warning(
                "refused requests were not logged one by one", metadata: [LogKeys.count: .stringConvertible(unlogged)])
        }
        return isLogged
    }

    private static let probes: Set<String> = ["/healthz", "/readyz", "/metrics"]

    private static func milliseconds(_ duration: Duration) -> Double {
        let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1000
    }
}
