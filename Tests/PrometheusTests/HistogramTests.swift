import Testing

@testable import Prometheus

@Suite("A histogram")
struct HistogramTests {
    @Test(
        "puts a duration below the first bound that is not less",
        arguments: [
            (Duration.zero, 0), (.microseconds(250), 0), (.microseconds(251), 1), (.seconds(30), 15),
            (.seconds(31), 16), (.seconds(-1), 0),
        ])
    func bucket(_ duration: Duration, _ place: Int) {
        let histogram = Histogram.durations()
        histogram.observe(duration)
        #expect(histogram.counts.firstIndex(of: 1) == place)
        #expect(histogram.count == 1)
    }

    @Test("loses nothing that is observed at the same time")
    func concurrent() async {
        let histogram = Histogram(bounds: [10])
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 { group.addTask { for value: UInt64 in 1...1_000 { histogram.observe(value) } } }
        }
        #expect(histogram.count == 8_000)
        #expect(histogram.counts == [80, 7_920])
        #expect(histogram.sum == 8 * 500_500)
    }
}
