import HTTPTypes
import Hummingbird

/// Notes every request in the ``AccessLog``, and sets `X-Request-Id` on every answer. The outermost middleware.
struct AccessLogMiddleware: RouterMiddleware {
    let log: AccessLog

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.requestID
        log.note(
            AnsweredRequest(
                method: request.method, route: context.endpointPath, status: response.status,
                duration: ContinuousClock.now - start, client: context.remoteAddress,
                isRefusal: context.trace.isRefusal, details: context.trace.metadata),
            by: context.trace.meter, to: context.logger)
        return response
    }
}

extension HTTPField.Name {
    static let xRequestID: Self = .known("X-Request-Id")
}
