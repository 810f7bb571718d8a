import Hummingbird

/// Tells limited callers on every answer, problems included, what their limits leave. The limits themselves are applied
/// where a route knows who calls it.
struct RateLimitMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        context.trace.rateLimits.set(&response.headers)
        return response
    }
}
