import Testing

@testable import Prometheus

@Suite("A page of metrics")
struct MetricsPageTests {
    @Test("has a family's help and type, then its samples")
    func family() {
        var page = MetricsPage()
        page.family("cats_total", .counter, "Cats seen")
        page.sample("cats_total", 3, ["colour": "black", "tail": "long"])
        page.sample("cats_total", 1.5)
        #expect(
            page.text == """
                # HELP cats_total Cats seen
                # TYPE cats_total counter
                cats_total{colour="black",tail="long"} 3
                cats_total 1.5

                """)
    }

    @Test("has a histogram's buckets as sums of all below, in the unit asked for")
    func histogram() {
        let histogram = Histogram(bounds: [1_000, 2_000])
        for value: UInt64 in [0, 1_000, 1_001, 2_000, 2_001] { histogram.observe(value) }
        var page = MetricsPage()
        page.sample("nap_seconds", histogram, perUnit: 1_000, ["cat": "Tom"])
        #expect(
            page.text == """
                nap_seconds_bucket{cat="Tom",le="1.0"} 2
                nap_seconds_bucket{cat="Tom",le="2.0"} 4
                nap_seconds_bucket{cat="Tom",le="+Inf"} 5
                nap_seconds_sum{cat="Tom"} 6.002
                nap_seconds_count{cat="Tom"} 5

                """)
    }

    @Test("escapes what would end a label's value")
    func escapes() {
        var page = MetricsPage()
        page.sample("cats", 1, ["name": "a\"b\\c\nd"])
        #expect(page.text == #"cats{name="a\"b\\c\nd"} 1"# + "\n")
    }
}
