import HTTPTypes
import Prometheus
import Synchronization

/// The meters of all routes, and of the requests that reach none.
final class RequestMeters: Sendable {
    private let meters: Mutex<[RouteMeter]>
    /// Of paths that do not exist, and of browsers' preflights, which no route answers.
    let unrouted: RouteMeter
    /// Starts that took the short way (``StartLane``); they are counted with their route as well.
    let shortStarts = Counter()

    init() {
        unrouted = RouteMeter(method: Self.otherMethods, route: "-")
        meters = Mutex([unrouted])
    }

    /// A meter for a route that is registered.
    func add(_ method: HTTPRequest.Method, _ path: String) -> RouteMeter {
        let head = method == .get ? RouteMeter(method: "HEAD", route: path) : nil
        return add(RouteMeter(method: method.rawValue, route: path, head: head), head)
    }

    /// The meter of a route, made where there is none yet.
    func meter(_ method: HTTPRequest.Method, _ path: String) -> RouteMeter {
        let found = meters.withLock { $0.first { $0.method == method.rawValue && $0.route == path } }
        return found ?? add(method, path)
    }

    /// One for all methods that a path does not have; whatever a client calls its method makes no label.
    func addOtherMethods(of path: String) -> RouteMeter {
        add(RouteMeter(method: Self.otherMethods, route: path), nil)
    }

    func write(to page: inout MetricsPage) {
        let used = meters.withLock { $0 }.map { ($0, $0.counts) }.filter { !$0.1.isEmpty }
        page.family("tollgate_http_requests_total", .counter, "Requests answered, by route template and status")
        for (meter, counts) in used {
            for (status, count) in counts {
                page.sample(
                    "tollgate_http_requests_total",
                    count, ["method": meter.method, "route": meter.route, "status": status])
            }
        }
        page.family(
            "tollgate_http_request_duration_seconds", .histogram,
            "Time from a request's head to its answer's head, by route template")
        for (meter, _) in used {
            page.sample(
                "tollgate_http_request_duration_seconds", meter.durations, perUnit: 1_000_000_000,
                ["method": meter.method, "route": meter.route])
        }
        page.family("tollgate_short_starts_total", .counter, "Starts begun on their connection's event loop")
        page.sample("tollgate_short_starts_total", shortStarts.value)
    }

    private func add(_ meter: RouteMeter, _ head: RouteMeter?) -> RouteMeter {
        meters.withLock { meters in
            meters.append(meter)
            if let head { meters.append(head) }
        }
        return meter
    }

    private static let otherMethods = "other"
}
