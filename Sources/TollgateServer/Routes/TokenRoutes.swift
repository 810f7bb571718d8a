import Hummingbird
import TollgateCore

/// `/v1/tokens`: credentials for browsers.
struct TokenRoutes: Sendable {
    let tokens: TokenService

    func register(on table: inout RouteTable) {
        table.tenant(.post, "/v1/tokens", scope: .uploadsWrite) { request, _, identity in
            .json(try tokens.issue(TokenRequest(await request.jsonObject()), by: identity), status: .created)
        }
    }
}
