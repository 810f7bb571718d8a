import HTTPTypes
import Hummingbird
import Logging
import TollgateCore

/// Who may call a route.
enum RouteAccess: Sendable, Equatable {
    /// Anybody: the route tells nothing, or the request carries its own signature.
    case open
    /// Any valid key of a tenant.
    case tenant
    /// A tenant's key that has this scope.
    case scope(Scope)
    /// The platform's operator.
    case `operator`

    /// As logs have it: `uploads:write` for a scope.
    var name: String {
        switch self {
        case .open: "open"
        case .tenant: "tenant"
        case .scope(let scope): scope.rawValue
        case .operator: "operator"
        }
    }
}

/// Every route of the server with who may call it. The one place where a path is registered.
///
/// A path that exists answers every other method with 405 and `Allow`; Hummingbird alone would say 404. The router
/// generates a HEAD for every GET (RFC 9110, section 9.3.2) that has none of its own.
struct RouteTable {
    typealias OpenHandler = @Sendable (Request, GatewayContext) async throws -> Response
    typealias IdentityHandler = @Sendable (Request, GatewayContext, Identity) async throws -> Response
    typealias OperatorHandler = @Sendable (Request, GatewayContext, OperatorIdentity) async throws -> Response

    struct Entry: Sendable {
        let method: HTTPRequest.Method
        /// Hummingbird's path with `{name}` for parameters, without a trailing slash: `/v1/uploads/{id}`.
        let path: String
        let access: RouteAccess
    }

    private(set) var entries: [Entry] = []
    private let router: Router<GatewayContext>
    private let authenticator: Authenticator
    private let limits: RequestLimits
    private let meters: RequestMeters

    init(
        router: Router<GatewayContext>, authenticator: Authenticator, limits: RequestLimits, meters: RequestMeters
    ) {
        self.router = router
        self.authenticator = authenticator
        self.limits = limits
        self.meters = meters
    }

    /// Registers a route that needs no credentials.
    mutating func open(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping OpenHandler) {
        entries.append(Entry(method: method, path: path, access: .open))
        let meter = meters.add(method, path)
        router.on(RouterPath(path), method: method) { request, context in
            context.trace.setMeter(meter)
            return try await handler(request, context)
        }
    }

    /// Registers a route of a tenant; `scope` nil lets any valid key of the tenant pass.
    ///
    /// With `tokens` an upload token passes as well, whatever the scope: the route sees to it that the token gets at the
    /// uploads of its end user alone.
    mutating func tenant(
        _ method: HTTPRequest.Method, _ path: String, scope: Scope?, tokens: Bool = false,
        _ handler: @escaping IdentityHandler
    ) {
        let access = scope.map(RouteAccess.scope) ?? .tenant
        entries.append(Entry(method: method, path: path, access: access))
        let meter = meters.add(method, path)
        router.on(RouterPath(path), method: method) { [authenticator, limits] request, context in
            context.trace.setMeter(meter)
            let identity = try await authenticator.authenticate(request, context, access: access, tokens: tokens)
            let states = limits.admit(identity)
            if !states.isEmpty {
                context.trace.setRateLimits(states)
                guard states.isAllowed else { throw Problem.rateLimited(retryAfterSeconds: states.retryAfterSeconds) }
            }
            return try await handler(request, context, identity)
        }
    }

    /// Registers a route of the platform's operator.
    mutating func `operator`(
        _ method: HTTPRequest.Method, _ path: String, _ handler: @escaping OperatorHandler
    ) {
        entries.append(Entry(method: method, path: path, access: .operator))
        let meter = meters.add(method, path)
        router.on(RouterPath(path), method: method) { [authenticator] request, context in
            context.trace.setMeter(meter)
            let identity = try await authenticator.authenticateOperator(request, context)
            return try await handler(request, context, identity)
        }
    }

    /// Answers 405 for every method that a registered path does not have, and OPTIONS with those that it has (RFC 9110,
    /// section 9.3.7). Call it once, last.
    func answerOtherMethods() {
        let byPath = Dictionary(grouping: entries, by: \.path)
        for (path, entries) in byPath {
            var allowed = Set(entries.map(\.method))
            if allowed.contains(.get) { allowed.insert(.head) }
            let allow = (allowed.map(\.rawValue) + ["OPTIONS"]).sorted().joined(separator: ", ")
            let meter = meters.addOtherMethods(of: path)
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { request, context -> Response in
                    context.trace.setMeter(meter)
                    guard request.method == .options else { throw Problem.methodNotAllowed(allow: allow) }
                    return Response(status: .noContent, headers: [.allow: allow])
                }
            }
        }
    }

    /// A line at debug level for each route, so that whoever tests the server from outside can know them all.
    func log(to logger: Logger) {
        for entry in entries {
            logger.debug(
                "route",
                metadata: [
                    LogKeys.httpMethod: .string(entry.method.rawValue), LogKeys.httpRoute: .string(entry.path),
                    LogKeys.httpRouteAccess: .string(entry.access.name),
                ])
        }
    }

    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]
}
