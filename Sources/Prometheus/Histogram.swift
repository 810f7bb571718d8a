/// How often values fell between bounds, and what they add up to. Observing is two atomic additions.
///
/// Values are whole numbers, so that adding up is exact and needs no lock: nanoseconds for a duration, which the page
/// has in seconds.
package final class Histogram: Sendable {
    /// Inclusive upper bounds, ascending, in the unit of the values; what is greater than all of them counts as well.
    let bounds: [UInt64]
    /// Of a bound each, and one more for what is greater.
    private let buckets: [Counter]
    private let total = Counter()

    package init(bounds: [UInt64]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds of a histogram must ascend")
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    package func observe(_ value: UInt64) {
        buckets[bounds.firstIndex { value <= $0 } ?? bounds.count].increment()
        total.increment(by: value)
    }

    /// Values counted, by bucket; not what is below a bound, as the page has it.
    var counts: [UInt64] { buckets.map(\.value) }

    package var sum: UInt64 { total.value }
    package var count: UInt64 { counts.reduce(0, +) }
}

extension Histogram {
    /// Of durations in nanoseconds: 0.25 milliseconds, what an answer from memory takes, to half a minute.
    package static func durations() -> Histogram {
        Histogram(
            bounds: [
                250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
                250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000, 30_000_000_000,
            ])
    }

    package func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000)
    }
}
