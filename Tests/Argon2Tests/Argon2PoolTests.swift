import Dispatch
import Glibc
import Testing

@testable import Argon2

/// Keeps the pool's workers busy until it is opened, so that a test knows what waits.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }
    func pass() { semaphore.wait() }
}

@Suite(.timeLimit(.minutes(1)))
struct Argon2PoolTests {
    private let cheap: Argon2Parameters

    init() throws { cheap = try Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1) }

    /// Waits, without a clock, until the pool says so.
    private func until(_ pool: Argon2Pool, running: Int, waiting: Int) async {
        while pool.load != (running, waiting) { await Task.yield() }
    }

    @Test("refuses a job beyond its workers and places, and takes one again when a place is free")
    func refusesOverload() async throws {
        let (pool, gate) = (Argon2Pool(workers: 1, maximumWaiting: 1, parameters: cheap), Gate())
        async let running: Void = pool.run { gate.pass() }
        await until(pool, running: 1, waiting: 0)
        try pool.requireRoom()
        async let waiting = pool.hash([1], salt: Array(0..<16))
        await until(pool, running: 1, waiting: 1)
        #expect(throws: Argon2Error.overloaded) { try pool.requireRoom() }
        await #expect(throws: Argon2Error.overloaded) { try await pool.hash([2], salt: Array(0..<16)) }
        await #expect(throws: Argon2Error.overloaded) { try await pool.verifyAgainstNothing([2]) }
        #expect(pool.refusedJobs == 3)
        gate.open()
        try await running
        _ = try await waiting
        _ = try await pool.hash([3], salt: Array(0..<16))
        await pool.shutdown()
    }

    @Test("its threads give way to others")
    func priority() async throws {
        for (priority, policy, nice) in [(ThreadPriority.low, SCHED_OTHER, Int32(10)), (.idle, 5, 0)] {
            let pool = Argon2Pool(workers: 1, maximumWaiting: 0, priority: priority, parameters: cheap)
            let found = try await pool.run {
                [sched_getscheduler(0), getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)]
            }
            #expect(found == [policy, nice])
            await pool.shutdown()
        }
    }

    @Test("a cancelled job leaves its place to another")
    func cancelledJobLeaves() async throws {
        let (pool, gate) = (Argon2Pool(workers: 1, maximumWaiting: 1, parameters: cheap), Gate())
        async let running: Void = pool.run { gate.pass() }
        await until(pool, running: 1, waiting: 0)
        let waiting = Task { try await pool.hash([1], salt: Array(0..<16)) }
        await until(pool, running: 1, waiting: 1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(pool.load == (1, 0))
        async let next = pool.hash([2], salt: Array(0..<16))
        await until(pool, running: 1, waiting: 1)
        gate.open()
        try await running
        _ = try await next
        await pool.shutdown()
    }

    @Test("a task that was cancelled before never gets a place")
    func cancelledBefore() async throws {
        let (pool, gate, start) = (
            Argon2Pool(workers: 1, maximumWaiting: 1, parameters: cheap), Gate(), AsyncStream<Void>.makeStream()
        )
        let task = Task {
            for await _ in start.stream {}
            try await pool.run { gate.pass() }
        }
        task.cancel()
        start.continuation.finish()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(pool.load == (0, 0))
        await pool.shutdown()
    }

    @Test("a shutdown lets the running job end, refuses the waiting and the new")
    func shutsDown() async throws {
        let (pool, gate) = (Argon2Pool(workers: 1, maximumWaiting: 4, parameters: cheap), Gate())
        async let running: Int = pool.run {
            gate.pass()
            return 7
        }
        await until(pool, running: 1, waiting: 0)
        let waiting = Task { try await pool.hash([1], salt: Array(0..<16)) }
        await until(pool, running: 1, waiting: 1)
        async let end: Void = pool.shutdown()
        await #expect(throws: Argon2Error.stopped) { try await waiting.value }
        await #expect(throws: Argon2Error.stopped) { try await pool.verify([1], encoded: KnownAnswer.all[0].encoded) }
        gate.open()
        #expect(try await running == 7)
        await end
        await pool.shutdown()
    }

    @Test("never runs more jobs at once than it has workers")
    func boundsTheWork() async throws {
        let pool = Argon2Pool(workers: 2, maximumWaiting: 100, parameters: cheap)
        let most = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { try await pool.run { pool.load.running } } }
            return try await group.reduce(0) { max($0, $1) }
        }
        #expect((1...2).contains(most))
        #expect(pool.load == (0, 0))
        await pool.shutdown()
    }

    @Test("hashes and verifies, and passes on what is wrong with a hash")
    func hashes() async throws {
        let pool = Argon2Pool(workers: 2, maximumWaiting: 10, parameters: cheap)
        let encoded = try await pool.hash([1, 2, 3], salt: Array(0..<16))
        #expect(try await pool.verify([1, 2, 3], encoded: encoded))
        #expect(try await !pool.verify([1, 2, 4], encoded: encoded))
        await #expect(throws: Argon2Error.malformedHash) { try await pool.verify([1], encoded: "x") }
        try await pool.verifyAgainstNothing([1])
        #expect(!PHCString.needsRehash(encoded, wanted: pool.parameters))
        await pool.shutdown()
    }

    @Test("jobs cancelled at any moment are all answered, and all places are free afterwards")
    func cancelStorm() async throws {
        let pool = Argon2Pool(workers: 2, maximumWaiting: 1_000, parameters: cheap)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let task = Task { try await pool.hash([1], salt: Array(0..<16)) }
                    if number % 2 == 0 { task.cancel() }
                    _ = await task.result
                }
            }
        }
        #expect(pool.load == (0, 0))
        _ = try await pool.hash([1], salt: Array(0..<16))
        await pool.shutdown()
    }
}
