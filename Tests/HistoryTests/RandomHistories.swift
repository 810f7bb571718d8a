import Foundation
import Postgres
import Synchronization
import Testing

/// Random histories of uploads, each by a seed of its own. In the environment:
///
/// - `TOLLGATE_TEST_HISTORIES`: how many histories of each kind; a few by default.
/// - `TOLLGATE_TEST_SEED`: the first seed, 1 by default; with one history, the one that is run.
///
/// Most of the time goes into waiting for the disk under the store: `TMPDIR=/dev/shm` is for runs of thousands.
@Suite("Histories")
struct RandomHistories {
    @Test("one call after the other, some cut off: rows, counters and objects are the model's")
    func sequential() async throws {
        try await Self.run("sequential", SequentialHistory.run)
    }

    @Test("many calls at once over two gateways that die: the invariants hold, and what was answered stays true")
    func concurrent() async throws {
        try await Self.run("concurrent", ConcurrentHistory.run)
    }

    private static let usual: UInt64 = 60
    /// Worlds side by side: a history waits for the database most of the time.
    private static let worlds: UInt64 = 4

    private static func setting(_ name: String, default usual: UInt64) throws -> UInt64 {
        guard let text = ProcessInfo.processInfo.environment[name] else { return usual }
        return try #require(UInt64(text), "\(name) is no whole number: \(text)")
    }

    private static func run(
        _ kind: String, _ history: @escaping @Sendable (UInt64, World) async throws -> Void
    ) async throws {
        let first: UInt64 = try setting("TOLLGATE_TEST_SEED", default: 1)
        let count: UInt64 = try setting("TOLLGATE_TEST_HISTORIES", default: usual)
        let seeds = Seeds(of: kind, first: first, count: count)
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(worlds, count) {
                group.addTask {
                    try await World.with { world in
                        while let seed = seeds.next() {
                            do {
                                try await history(seed, world)
                            } catch {
                                seeds.fail()
                                try await world.forget()
                                Issue.record(
                                    """
                                    \(kind) history of seed \(seed): \(error)
                                    again: TOLLGATE_TEST_SEED=\(seed) TOLLGATE_TEST_HISTORIES=1 \
                                    swift test --filter RandomHistories/\(kind)
                                    """)
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print("\(kind) histories: \(count) in \(Int(seconds)) s, \(Int(Double(count) / seconds)) a second")
    }
}

/// Hands out seeds, until there are none or enough have failed.
private final class Seeds: Sendable {
    private let state: Mutex<(next: UInt64, failures: Int)>
    private let kind: String
    private let first: UInt64
    private let end: UInt64

    /// So many histories later a long run says how far it is.
    private static let stretch: UInt64 = 1_000
    /// Failures after which a run has said enough.
    private static let enough = 3

    init(of kind: String, first: UInt64, count: UInt64) {
        self.kind = kind
        self.first = first
        state = Mutex((first, 0))
        end = first + count
    }

    func next() -> UInt64? {
        let seed: UInt64? = state.withLock { state in
            guard state.next < end, state.failures < Self.enough else { return nil }
            defer { state.next += 1 }
            return state.next
        }
        if let seed, seed > first, (seed - first).isMultiple(of: Self.stretch) {
            print("\(kind) histories: \(seed - first) of \(end - first) begun")
        }
        return seed
    }

    func fail() { state.withLock { $0.failures += 1 } }
}

extension World {
    /// Takes what a failed history left out of the sweepers' sight.
    fileprivate func forget() async throws {
        _ = try await pool.query("UPDATE uploads SET next_look_at = NULL WHERE next_look_at IS NOT NULL")
        for gateway in gateways { gateway.storage.restart() }
    }
}
