import HTTPTypes
import Prometheus
import Testing

@testable import TollgateServer

@Suite("Metrics of requests")
struct RequestMetersTests {
    let meters = RequestMeters()

    private var samples: [String] {
        var page = MetricsPage()
        meters.write(to: &page)
        return page.text.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("tollgate_http_requests_total{")
        }
    }

    @Test("count answers by method, route template and status")
    func counts() {
        let meter = meters.add(.post, "/v1/uploads")
        for status: HTTPResponse.Status in [.created, .created, .forbidden] {
            meter.observe(status, to: .post, took: .milliseconds(1))
        }
        #expect(
            samples == [
                #"tollgate_http_requests_total{method="POST",route="/v1/uploads",status="201"} 2"#,
                #"tollgate_http_requests_total{method="POST",route="/v1/uploads",status="403"} 1"#,
            ])
        #expect(meter.durations.count == 3)
        #expect(meter.durations.sum == 3_000_000)
    }

    @Test("know a HEAD from the GET whose route answers it")
    func head() {
        let meter = meters.add(.get, "/v1/usage")
        meter.observe(.ok, to: .head, took: .zero)
        #expect(samples == [#"tollgate_http_requests_total{method="HEAD",route="/v1/usage",status="200"} 1"#])
    }

    @Test("make no label of a method or a status that nobody foresaw")
    func others() throws {
        let brew = try #require(HTTPRequest.Method("BREW"))
        meters.addOtherMethods(of: "/pot").observe(.init(code: 418), to: brew, took: .zero)
        meters.unrouted.observe(.notFound, to: brew, took: .zero)
        #expect(
            samples == [
                #"tollgate_http_requests_total{method="other",route="-",status="404"} 1"#,
                #"tollgate_http_requests_total{method="other",route="/pot",status="other"} 1"#,
            ])
    }
}
