import Testing

@testable import ObjectStorage

@Suite("Circuit breaker of an S3 store")
struct S3CircuitTests {
    @Test("refuses at once after failures in a row, lets one call try, and closes when that is answered")
    func opensAndCloses() async throws {
        let options = S3Options(
            retries: S3RetryPolicy(attempts: 1), breaker: .init(failures: 3, openFor: .seconds(5)))
        try await FaultyStore.run(options: options) { _, index in
            index < 4 ? .answer(503) : .answer(200)
        } _: { faulty in
            for _ in 0..<3 { await #expect(throws: ObjectStorageError.self) { try await faulty.store.check() } }
            await #expect {
                try await faulty.store.check()
            } throws: {
                if case .unavailable? = $0 as? ObjectStorageError { true } else { false }
            }
            #expect(faulty.server.seen.count == 3)
            faulty.timing.advance(by: .seconds(5))
            await #expect(throws: ObjectStorageError.self) { try await faulty.store.check() }
            await #expect(throws: ObjectStorageError.self) { try await faulty.store.check() }
            #expect(faulty.server.seen.count == 4)
            faulty.timing.advance(by: .seconds(5))
            try await faulty.store.check()
            try await faulty.store.check()
            #expect(faulty.server.seen.count == 6)
        }
    }

    /// Expectations cannot hold a call that changes a value.
    private final class Breaker {
        private var breaker: S3CircuitBreaker

        init(_ limits: S3CircuitBreaker.Limits) {
            breaker = S3CircuitBreaker(limits)
        }

        func admit(at now: ContinuousClock.Instant) -> S3CircuitBreaker.Permit? { breaker.admit(at: now) }

        func settle(
            _ permit: S3CircuitBreaker.Permit, as outcome: S3CircuitBreaker.Outcome, at now: ContinuousClock.Instant
        ) {
            breaker.settle(permit, as: outcome, at: now)
        }
    }

    private let start = ContinuousClock.now
    private let limits = S3CircuitBreaker.Limits(failures: 2, openFor: .seconds(5))

    @Test("an answer between two failures keeps it closed, and one that went away counts for nothing")
    func countsInARow() throws {
        let breaker = Breaker(limits)
        for outcome in [S3CircuitBreaker.Outcome.failed, .answered, .failed, .abandoned] {
            breaker.settle(try #require(breaker.admit(at: start)), as: outcome, at: start)
        }
        let permit = try #require(breaker.admit(at: start))
        breaker.settle(permit, as: .failed, at: start)
        #expect(breaker.admit(at: start) == nil)
    }

    @Test("lets a single call try, and another when that one went away")
    func singleProbe() throws {
        let breaker = Breaker(limits)
        let late = try #require(breaker.admit(at: start))
        for _ in 0..<2 { breaker.settle(try #require(breaker.admit(at: start)), as: .failed, at: start) }
        let then = start + .seconds(5)
        #expect(breaker.admit(at: then - .nanoseconds(1)) == nil)
        let probe = try #require(breaker.admit(at: then))
        #expect(breaker.admit(at: then) == nil)
        // What began before the circuit opened decides nothing.
        breaker.settle(late, as: .answered, at: then)
        #expect(breaker.admit(at: then) == nil)
        breaker.settle(probe, as: .abandoned, at: then)
        let second = try #require(breaker.admit(at: then))
        breaker.settle(second, as: .answered, at: then)
        #expect(breaker.admit(at: then) != nil)
    }

    @Test(
        "pauses double up to a limit, and end with the attempts or the time",
        arguments: [
            (1, 0, 1.0, 100), (2, 0, 1.0, 200), (3, 0, 0.5, 200), (7, 0, 1.0, 5000), (8, 0, 1.0, nil),
            (1, 19_950, 1.0, nil), (1, 19_950, 0.1, 10), (1, 20_000, 0.0, nil),
        ] as [(Int, Int, Double, Int?)])
    func pauses(_ attempt: Int, _ elapsed: Int, _ jitter: Double, _ expected: Int?) {
        let policy = S3RetryPolicy(attempts: 8)
        let pause = policy.pause(after: attempt, elapsed: .milliseconds(elapsed), jitter: jitter)
        #expect(pause == expected.map { .milliseconds($0) })
    }
}
