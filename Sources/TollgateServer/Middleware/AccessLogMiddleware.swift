import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// One line a request, one place in the metrics, and `X-Request-Id` on every answer. The outermost middleware.
///
/// The line names the route's template, never the path with its query: both may hold signatures.
final class AccessLogMiddleware: RouterMiddleware {
    private let meters: RequestMeters
    private let refusals = Mutex(RefusalWindow())

    init(meters: RequestMeters) {
        self.meters = meters
    }

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let duration = ContinuousClock.now - start
        (context.trace.meter ?? meters.unrouted).observe(response.status, to: request.method, took: duration)
        response.headers[.xRequestID] = context.requestID
        let isProbe = context.endpointPath.map(Self.probes.contains) ?? false
        let isLogged = admits(response.status, context)
        context.logger.log(
            level: isProbe || !isLogged ? .debug : .info, "request",
            metadata: metadata(of: request, context, response, duration))
        return response
    }

    private func metadata(
        of request: Request, _ context: GatewayContext, _ response: Response, _ duration: Duration
    ) -> Logger.Metadata {
        var metadata = context.trace.metadata
        metadata[LogKeys.httpMethod] = .string(request.method.rawValue)
        metadata[LogKeys.httpRoute] = .string(context.endpointPath ?? "-")
        metadata[LogKeys.httpStatus] = .stringConvertible(response.status.code)
        metadata[LogKeys.duration] = .stringConvertible(Self.milliseconds(duration))
        metadata[LogKeys.clientAddress] = .string(context.remoteAddress ?? "-")
        return metadata
    }

    /// Whether an answer gets a line: those to wrong credentials, to more of them than can be verified, and to callers
    /// over their limit only so many a minute.
    private func admits(_ status: HTTPResponse.Status, _ context: GatewayContext) -> Bool {
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        let isRefusal = status == .unauthorized || status == .tooManyRequests || context.trace.isRefusal
        let (isLogged, unlogged) = refusals.withLock { window in
            let unlogged = window.turn(at: now)
            return (!isRefusal || window.admit(), unlogged)
        }
        if let unlogged {
            context.logger.warning(
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

extension HTTPField.Name {
    static let xRequestID: Self = .known("X-Request-Id")
}
