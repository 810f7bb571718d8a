import HTTPTypes
import Prometheus

/// What is counted of the requests of one route. Made when the route is registered, so that a request looks nothing up:
/// it adds one to a counter and observes one duration.
final class RouteMeter: Sendable {
    let method: String
    /// The route's template, never a path: `/v1/uploads/{id}`.
    let route: String
    /// Of the HEAD that the router makes of a GET.
    private let head: RouteMeter?
    private let answers = (0...RouteMeter.statuses.count).map { _ in Counter() }
    let durations = Histogram.durations()

    init(method: String, route: String, head: RouteMeter? = nil) {
        self.method = method
        self.route = route
        self.head = head
    }

    func observe(_ status: HTTPResponse.Status, to method: HTTPRequest.Method, took duration: Duration) {
        let meter = head.flatMap { method == .head ? $0 : nil } ?? self
        meter.answers[Self.statuses.firstIndex(of: status.code) ?? Self.statuses.count].increment()
        meter.durations.observe(duration)
    }

    /// Answers by status, without those that there were none of.
    var counts: [(status: String, count: UInt64)] {
        zip(Self.statuses.map(String.init) + ["other"], answers.map(\.value)).filter { $0.1 > 0 }
    }

    /// Those that the routes and the store answer with, the common ones first.
    private static let statuses = [
        200, 201, 204, 400, 401, 403, 404, 409, 422, 429, 503, 206, 304, 405, 408, 411, 412, 413, 415, 416, 417, 500,
        501,
    ]
}
