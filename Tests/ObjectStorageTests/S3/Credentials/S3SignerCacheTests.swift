import Foundation
import Logging
import Synchronization
import Testing

@testable import ObjectStorage
@testable import TollgateCore

@Suite("Cache of the signer")
struct S3SignerCacheTests {
    private static let start = Date(timeIntervalSince1970: 1_451_347_200)

    /// A clock that tests turn, and a source that waits until it is let go.
    private final class Source: Sendable {
        private struct Storage {
            var now = start
            var calls = 0
            var waiting: [CheckedContinuation<S3Credentials, any Error>] = []
        }
        private let storage = Mutex(Storage())

        var now: Date {
            get { storage.withLock { $0.now } }
            set { storage.withLock { $0.now = newValue } }
        }
        var calls: Int { storage.withLock { $0.calls } }
        private var isAsked: Bool { storage.withLock { !$0.waiting.isEmpty } }

        func load() async throws -> S3Credentials {
            try await withCheckedThrowingContinuation { continuation in
                storage.withLock { storage in
                    storage.calls += 1
                    storage.waiting.append(continuation)
                }
            }
        }

        func answer(_ result: Result<S3Credentials, any Error>) async {
            while !isAsked { await Task.yield() }
            let waiting = storage.withLock { storage in
                defer { storage.waiting = [] }
                return storage.waiting
            }
            for continuation in waiting { continuation.resume(with: result) }
        }

        func cache() -> S3SignerCache {
            S3SignerCache(
                region: "us-east-1", now: { self.now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                load: { try await self.load() })
        }
    }

    private struct Failure: Error {}

    private static func credentials(_ name: String, _ seconds: Double?) -> S3Credentials {
        S3Credentials(
            accessKeyID: name, secretAccessKey: "s", sessionToken: "t", expiresAt: seconds.map { start + $0 })
    }

    /// A cache that holds `A` until the hour.
    private static func filled(_ source: Source, _ seconds: Double? = 3_600) async throws -> S3SignerCache {
        let cache = source.cache()
        async let first = cache.signer(at: start)
        await source.answer(.success(credentials("A", seconds)))
        #expect(try await first.credentials.accessKeyID == "A")
        return cache
    }

    @Test("a hundred callers wait for one refresh")
    func singleFlight() async throws {
        let source = Source()
        let cache = source.cache()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.signer(at: Self.start).credentials.accessKeyID } }
            while cache.waitingCount < 100 { await Task.yield() }
            await source.answer(.success(Self.credentials("A", 3_600)))
            for try await name in group { #expect(name == "A") }
        }
        #expect(source.calls == 1)
    }

    @Test("credentials without an end are never asked for again, and the key follows the day")
    func permanent() async throws {
        let source = Source()
        let cache = try await Self.filled(source, nil)
        let later = Self.start + 86_400 * 365
        let signer = try await cache.signer(at: later)
        #expect(signer.key(day: "20161228").scope.day == "20161228")
        #expect(source.calls == 1)
    }

    @Test("in the last five minutes the old ones stay in use while one refresh runs")
    func advisory() async throws {
        let source = Source()
        let cache = try await Self.filled(source)
        source.now = Self.start + 3_299
        #expect(try await cache.signer(at: source.now).credentials.accessKeyID == "A")
        #expect(source.calls == 1)
        source.now = Self.start + 3_301
        for _ in 0..<10 { #expect(try await cache.signer(at: source.now).credentials.accessKeyID == "A") }
        await source.answer(.success(Self.credentials("B", 7_200)))
        while try await cache.signer(at: source.now).credentials.accessKeyID == "A" { await Task.yield() }
        #expect(source.calls == 2)
    }

    @Test("in the last minute callers wait")
    func mandatory() async throws {
        let source = Source()
        let cache = try await Self.filled(source)
        source.now = Self.start + 3_541
        async let waiting = cache.signer(at: source.now)
        while cache.waitingCount == 0 { await Task.yield() }
        await source.answer(.success(Self.credentials("B", 7_200)))
        #expect(try await waiting.credentials.accessKeyID == "B")
    }

    @Test("a failed refresh keeps what holds and pauses; once it has ended the cause is thrown at once")
    func failure() async throws {
        let source = Source()
        let cache = try await Self.filled(source)
        source.now = Self.start + 3_541
        async let waiting = cache.signer(at: source.now)
        await source.answer(.failure(Failure()))
        #expect(try await waiting.credentials.accessKeyID == "A")
        #expect(try await cache.signer(at: source.now + 0.9).credentials.accessKeyID == "A")
        #expect(source.calls == 2)
        source.now = Self.start + 3_600
        let expired = Task { try await cache.signer(at: source.now) }
        await source.answer(.failure(Failure()))
        await #expect(throws: Failure.self) { _ = try await expired.value }
        await #expect(throws: Failure.self) { try await cache.signer(at: source.now + 1.9) }
        #expect(source.calls == 3)
        async let recovered = cache.signer(at: source.now + 2)
        await source.answer(.success(Self.credentials("B", 7_200)))
        #expect(try await recovered.credentials.accessKeyID == "B")
    }

    @Test("a caller that is cancelled stops waiting")
    func cancellation() async throws {
        let source = Source()
        let cache = source.cache()
        let caller = Task { try await cache.signer(at: Self.start) }
        while cache.waitingCount == 0 { await Task.yield() }
        caller.cancel()
        await #expect(throws: CancellationError.self) { _ = try await caller.value }
        await source.answer(.success(Self.credentials("A", nil)))
        await cache.shutdown()
    }

    @Test("a shutdown refuses who waits, cancels the refresh and waits for its end")
    func shutdown() async throws {
        let cancelled = Mutex(false)
        let cache = S3SignerCache(
            region: "r", now: { Self.start }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            do { try await Task.sleep(for: .seconds(3_600)) } catch {
                cancelled.withLock { $0 = true }
                throw error
            }
            return Self.credentials("A", nil)
        }
        let waiting = Task { try await cache.signer(at: Self.start) }
        while cache.waitingCount == 0 { await Task.yield() }
        await cache.shutdown()
        #expect(cancelled.withLock { $0 })
        await #expect(throws: CredentialsError(source: "cache", .closed)) { _ = try await waiting.value }
        await #expect(throws: CredentialsError(source: "cache", .closed)) { try await cache.signer(at: Self.start) }
    }
}
