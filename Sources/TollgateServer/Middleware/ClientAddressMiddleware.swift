import HTTPTypes
import Hummingbird

/// Finds out whose request a trusted proxy passes on. Before all that asks for the client's address.
struct ClientAddressMiddleware: RouterMiddleware {
    let proxies: TrustedProxies

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard !proxies.isEmpty else { return try await next(request, context) }
        var context = context
        context.forwardedClient = proxies.client(
            of: context.peer, forwardedFor: request.headers[values: .xForwardedFor])
        return try await next(request, context)
    }
}

extension HTTPField.Name {
    fileprivate static let xForwardedFor: Self = .known("X-Forwarded-For")
}
