import Argon2
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import TollgateCore

/// Turns whatever a route throws into a problem, so that no error leaves the server in another form.
struct ProblemMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The bytes on the wire are no HTTP: the connection answers and ends, not the route.
            throw error
        } catch {
            let response = Response(Self.answer(to: error, context))
            // RFC 9110, section 9.3.2: also where the path has no GET, whose HEAD the router makes.
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    /// The problem that an error is, noted for the access log, and in a line of its own where it is the gateway's.
    static func answer(to error: any Error, _ context: GatewayContext) -> WholeResponse {
        let problem = Problem(error)
        if case .overloaded? = error as? Argon2Error {
            // Keys that nobody has bring this about, any number of them: no line of its own.
            context.trace.setRefusal()
            context.trace.set(LogKeys.error, String(reflecting: error))
        } else if problem.code == .internalError || problem.code == .unavailable {
            context.logger.error(
                "request failed",
                metadata: [
                    LogKeys.error: .string(String(reflecting: error)),
                    LogKeys.problemCode: .string(problem.code.rawValue),
                ])
        }
        context.trace.set(LogKeys.problemCode, problem.code.rawValue)
        return problem.response(requestID: context.requestID)
    }
}
