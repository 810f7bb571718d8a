import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import ObjectStorage
import Prometheus
import TollgateCore

/// `/healthz`, `/readyz`, `/metrics` and the pages that explain problems. They tell nothing of any tenant.
struct SystemRoutes: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let metrics: GatewayMetrics

    func register(on table: inout RouteTable) {
        table.open(.get, "/healthz") { _, _ in .json(Health(checks: [("alive", true)])) }
        table.open(.get, "/readyz") { _, context in
            let health = await readiness(context.logger)
            return .json(health, status: health.isGood ? .ok : .serviceUnavailable)
        }
        table.open(.get, "/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: MetricsPage.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.page())))
        }
        table.open(.get, "/problems/{code}") { _, context in
            guard let code = context.parameters.get("code").flatMap({ ProblemCode(rawValue: $0) }) else {
                throw Problem.notFound
            }
            return page(code)
        }
    }

    private func readiness(_ logger: Logger) async -> Health {
        async let database = isReachable("database", logger) { try await ledger.ping() }
        async let store = isReachable("store", logger) { try await storage.check() }
        return Health(checks: [("database", await database), ("store", await store)])
    }

    private func isReachable(
        _ name: String, _ logger: Logger, _ check: @Sendable () async throws -> Void
    ) async -> Bool {
        do {
            try await check()
            return true
        } catch {
            logger.warning(
                "not ready", metadata: [LogKeys.component: .string(name), LogKeys.error: .string("\(error)")])
            return false
        }
    }

    private func page(_ code: ProblemCode) -> Response {
        let text = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>\(code.rawValue)</title>
            <h1>\(code.title)</h1>
            <p><code>\(code.rawValue)</code>, HTTP status \(code.status.code)</p>
            <p>\(code.explanation)</p>
            </html>

            """
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// What answers and what does not.
struct Health: Answer {
    let checks: [(name: String, isGood: Bool)]

    var isGood: Bool { checks.allSatisfy(\.isGood) }

    func write(to json: inout JSONWriter) {
        json.member("status", isGood ? "ok" : "unavailable")
        json.object("checks") { members in
            for check in checks { members.member(check.name, check.isGood ? "ok" : "unavailable") }
        }
    }
}
