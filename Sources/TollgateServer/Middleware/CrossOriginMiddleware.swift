import HTTPTypes
import Hummingbird

/// Cross-origin answers for browsers, by the WHATWG Fetch standard, "CORS protocol".
///
/// Credentials are a header that scripts set themselves, never a cookie, so that `*` gives nothing away.
struct CrossOriginMiddleware: RouterMiddleware {
    let origins: CORSOrigins

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin] else { return try await next(request, context) }
        let allowed = origins.allows(origin)
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            return preflight(request, allowed: allowed)
        }
        var response = try await next(request, context)
        setVary(&response)
        if allowed {
            setOrigin(&response, origin)
            response.headers[.accessControlExposeHeaders] =
                "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
        }
        return response
    }

    private func preflight(_ request: Request, allowed: Bool) -> Response {
        var response = Response(status: allowed ? .noContent : .forbidden)
        setVary(&response)
        guard allowed, let origin = request.headers[.origin] else { return response }
        setOrigin(&response, origin)
        response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, PATCH, DELETE"
        // Whatever headers the script wants to send: the routes read only those they know.
        response.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        response.headers[.accessControlMaxAge] = "3600"
        return response
    }

    private func setOrigin(_ response: inout Response, _ origin: String) {
        response.headers[.accessControlAllowOrigin] = origins == .any ? "*" : origin
    }

    private func setVary(_ response: inout Response) {
        if origins != .any { response.headers.append(HTTPField(name: .vary, value: "Origin")) }
    }
}
