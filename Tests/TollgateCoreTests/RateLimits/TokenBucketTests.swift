import Testing

@testable import TollgateCore

@Suite("A token bucket")
struct TokenBucketTests {
    private static let second: Int64 = 1_000_000_000
    private static let fiveASecond = RateLimit(quota: 5, windowSeconds: 1)

    @Test("lets as many through at once as its quota, and not one more")
    func burst() {
        var bucket = TokenBucket()
        let decisions = (0..<7).map { _ in bucket.take(Self.fiveASecond, at: 0) }
        #expect(decisions.map(\.isAllowed) == [true, true, true, true, true, false, false])
        #expect(decisions.map(\.remaining) == [4, 3, 2, 1, 0, 0, 0])
    }

    @Test("gets a token back every interval, and no more than its quota however long it rests")
    func refills() {
        var bucket = TokenBucket()
        for _ in 0..<5 { _ = bucket.take(Self.fiveASecond, at: 0) }
        #expect(!bucket.take(Self.fiveASecond, at: Self.second / 5 - 1).isAllowed)
        #expect(bucket.take(Self.fiveASecond, at: Self.second / 5).isAllowed)
        #expect(!bucket.take(Self.fiveASecond, at: Self.second / 5).isAllowed)
        let later = 1_000 * Self.second
        #expect((0..<9).filter { _ in bucket.take(Self.fiveASecond, at: later).isAllowed }.count == 5)
    }

    @Test("admits its rate over a long time, wherever the requests fall")
    func longRun() {
        var bucket = TokenBucket()
        let admitted = (0..<10_000).filter { bucket.take(Self.fiveASecond, at: Int64($0) * 10_000_000).isAllowed }
        // 100 seconds: five a second, and the five that it began with.
        #expect((500...505).contains(admitted.count))
    }

    @Test(
        "says how long to wait in whole seconds, rounded up",
        arguments: [(RateLimit(quota: 1, windowSeconds: 60), 60), (RateLimit(quota: 1000, windowSeconds: 1), 1)])
    func waits(_ limit: RateLimit, _ seconds: Int) {
        var bucket = TokenBucket()
        for _ in 0..<limit.quota { _ = bucket.take(limit, at: 7) }
        let refused = bucket.take(limit, at: 7)
        #expect(!refused.isAllowed)
        #expect(refused.waitSeconds == seconds)
        #expect(bucket.take(limit, at: 7 + Int64(refused.waitSeconds) * Self.second).isAllowed)
    }

    @Test("takes a token back that did not count")
    func givesBack() {
        var bucket = TokenBucket()
        for _ in 0..<5 { _ = bucket.take(Self.fiveASecond, at: 0) }
        bucket.giveBack(Self.fiveASecond)
        #expect(bucket.take(Self.fiveASecond, at: 0).isAllowed)
        #expect(!bucket.take(Self.fiveASecond, at: 0).isAllowed)
    }

    @Test("for each key its own, in bounded memory; who keeps coming is not forgotten")
    func bounded() {
        var buckets = TokenBuckets<Int>(capacity: 100)
        let once = RateLimit(quota: 1, windowSeconds: 3600)
        #expect(buckets.take(-1, once, at: 0).isAllowed)
        var refusals = 0
        for key in 0..<10_000 {
            #expect(buckets.take(key, once, at: 0).isAllowed)
            if !buckets.take(-1, once, at: 0).isAllowed { refusals += 1 }
            #expect(buckets.count <= 100)
        }
        #expect(refusals == 10_000)
    }

    @Test("gives back in either generation, and to nobody who is unknown")
    func givesBackByKey() {
        var buckets = TokenBuckets<Int>(capacity: 4)
        let once = RateLimit(quota: 1, windowSeconds: 3600)
        for key in 0..<3 { _ = buckets.take(key, once, at: 0) }
        buckets.giveBack(0, once)
        buckets.giveBack(99, once)
        #expect(buckets.take(0, once, at: 0).isAllowed)
        #expect(!buckets.take(0, once, at: 0).isAllowed)
        #expect(buckets.take(99, once, at: 0).isAllowed)
    }
}
