import HTTPTypes
import Hummingbird
import Logging

/// One line a request, and `X-Request-Id` on every answer. The outermost middleware.
///
/// The line names the route's template, never the path with its query: both may hold signatures.
struct AccessLogMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.requestID
        let isProbe = context.endpointPath.map(Self.probes.contains) ?? false
        context.logger.log(
            level: isProbe ? .debug : .info, "request",
            metadata: context.trace.metadata.merging([
                LogKeys.httpMethod: .string(request.method.rawValue),
                LogKeys.httpRoute: .string(context.endpointPath ?? "-"),
                LogKeys.httpStatus: .stringConvertible(response.status.code),
                LogKeys.duration: .stringConvertible(milliseconds(since: start)),
                LogKeys.clientAddress: .string(context.remoteAddress ?? "-"),
            ]) { current, _ in current })
        return response
    }

    private static let probes: Set<String> = ["/healthz", "/readyz", "/metrics"]

    private func milliseconds(since start: ContinuousClock.Instant) -> Double {
        let duration = ContinuousClock.now - start
        let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1000
    }
}

extension HTTPField.Name {
    static let xRequestID: Self = .known("X-Request-Id")
}
