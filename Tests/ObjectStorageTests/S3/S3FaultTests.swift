import Foundation
import Logging
import NIOCore
import Testing
import TollgateCore

@testable import ObjectStorage

@Suite("An S3 store that fails", .timeLimit(.minutes(1)))
struct S3FaultTests {
    private static let plain = ObjectAttributes(contentType: "text/plain")
    private static let key = Scratch.key("a")

    private static func isUnavailable(_ error: any Error) -> Bool {
        if case .unavailable? = error as? ObjectStorageError { true } else { false }
    }

    enum Operation: String, CaseIterable, Sendable {
        case head, read, put, deleteOne, deleteMany, list, leftovers, check

        func run(_ store: S3ObjectStore) async throws {
            switch self {
            case .head: _ = try await store.head(key)
            case .read: _ = try await store.read(key, range: nil)
            case .put: _ = try await store.put(key, plain, length: 1...1, body: Pieces("x"))
            case .deleteOne: try await store.delete([key])
            case .deleteMany: try await store.delete([key, Scratch.key("b")])
            case .list: _ = try await store.list(prefix: "", after: nil, limit: 1)
            case .leftovers: _ = try await store.leftovers(prefix: "")
            case .check: try await store.check()
            }
        }
    }

    @Test("holds no caller longer than its time-out when it never answers", arguments: Operation.allCases)
    func neverAnswers(_ operation: Operation) async throws {
        let options = S3Options(
            timeouts: S3Timeouts(request: .milliseconds(50)), retries: S3RetryPolicy(attempts: 2))
        try await FaultyStore.run(options: options) { _, _ in
            .never
        } _: { faulty in
            await #expect { try await operation.run(faulty.store) } throws: { Self.isUnavailable($0) }
            #expect(faulty.timing.pauses.count == 1)
            #expect(faulty.log.warnings.count == 1)
        }
    }

    @Test(
        "is asked again after a while, each time longer, when it is busy or hangs up", arguments: Operation.allCases,
        [FaultServer.Reply.slowDown, .hangUp, .answer(500), .answer(429)])
    func retries(_ operation: Operation, _ reply: FaultServer.Reply) async throws {
        try await FaultyStore.run { _, _ in
            reply
        } _: { faulty in
            await #expect { try await operation.run(faulty.store) } throws: { Self.isUnavailable($0) }
            #expect(faulty.server.seen.count == 4)
            #expect(faulty.timing.pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        }
    }

    @Test("is forgiven when it recovers, and nothing is logged then")
    func recovers() async throws {
        try await FaultyStore.run { _, index in
            index < 2 ? .slowDown : .answer(200, FaultServer.Reply.object + [.init(name: "Content-Length", value: "7")])
        } _: { faulty in
            let found = try await faulty.store.head(Self.key)
            #expect(found?.size == 7)
            #expect(faulty.server.seen.count == 3)
            #expect(faulty.log.warnings.isEmpty)
        }
    }

    @Test("is believed at once when it refuses, and its request id is logged", arguments: Operation.allCases)
    func refusal(_ operation: Operation) async throws {
        let denied = FaultServer.Reply.answer(
            403, [.init(name: "x-amz-request-id", value: "REQUEST-2")],
            "<Error><Code>AccessDenied</Code><Message>secret</Message></Error>")
        try await FaultyStore.run { _, _ in
            denied
        } _: { faulty in
            await #expect {
                try await operation.run(faulty.store)
            } throws: { error in
                // The answer to a HEAD has no body.
                ["AccessDenied", "HTTP403"].contains { error as? ObjectStorageError == .refused(status: 403, code: $0) }
            }
            #expect(faulty.server.seen.count == 1)
            #expect(faulty.log.warnings.map { $0["store.request_id"] } == ["REQUEST-2"])
            #expect(!"\(faulty.log.warnings)".contains("secret"))
        }
    }

    @Test("loses no object when its bucket is gone")
    func missingBucket() async throws {
        let missing = FaultServer.Reply.answer(404, [], "<Error><Code>NoSuchBucket</Code></Error>")
        try await FaultyStore.run { _, _ in
            missing
        } _: { faulty in
            await #expect(throws: ObjectStorageError.refused(status: 404, code: "HTTP404")) {
                try await faulty.store.head(Self.key)
            }
            await #expect(throws: ObjectStorageError.refused(status: 404, code: "NoSuchBucket")) {
                try await faulty.store.read(Self.key, range: nil)
            }
            await #expect(throws: ObjectStorageError.refused(status: 404, code: "NoSuchBucket")) {
                try await faulty.store.delete([Self.key])
            }
        }
    }

    @Test(
        "is not believed when it answers garbage",
        arguments: ["", "no XML", "<html><body>hello</body></html>", "<ListBucketResult><Contents/>", "<a><b></a>"])
    func garbage(_ text: String) async throws {
        try await FaultyStore.run { _, _ in
            .answer(200, [], text)
        } _: { faulty in
            await #expect {
                try await faulty.store.list(prefix: "", after: nil, limit: 1)
            } throws: {
                Self.isUnavailable($0)
            }
            #expect(faulty.server.seen.count == 4)
        }
    }

    @Test(
        "is told from one that has sent everything",
        arguments: [
            FaultServer.Reply.truncated("12345", announced: 10, FaultServer.Reply.object),
            .stalled("12345", announced: 10, FaultServer.Reply.object),
        ])
    func truncatedBody(_ reply: FaultServer.Reply) async throws {
        let options = S3Options(timeouts: S3Timeouts(idle: .milliseconds(100)))
        try await FaultyStore.run(options: options) { _, _ in
            reply
        } _: { faulty in
            let content = try #require(try await faulty.store.read(Self.key, range: nil))
            #expect(content.range == 0..<10)
            await #expect { try await collect(content.bytes) } throws: { Self.isUnavailable($0) }
        }
    }

    @Test("tells every object that it kept")
    func keptObjects() async throws {
        let answer = """
            <?xml version="1.0" encoding="UTF-8"?>
            <DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Error><Key>b&amp;c</Key>
            <Code>AccessDenied</Code><Message>Access Denied</Message></Error><Error><Key>gone</Key>
            <Code>NoSuchKey</Code></Error></DeleteResult>
            """
        try await FaultyStore.run { _, _ in
            .answer(200, [], answer)
        } _: { faulty in
            let kept = ObjectStorageError.KeptObject(key: Scratch.key("b&c"), code: "AccessDenied")
            let error = ObjectStorageError.notDeleted([kept])
            await #expect(throws: error) { try await faulty.store.delete([Self.key, Scratch.key("b&c")]) }
            #expect(!"\(error)".contains("b&c"))
        }
    }

    @Test("gets deletes a thousand at a time, and a key that XML cannot carry by itself")
    func batches() async throws {
        try await FaultyStore.run { _, _ in
            .answer(200, [], "<DeleteResult/>")
        } _: { faulty in
            let keys = (0..<2001).map { Scratch.key("k\($0)") } + [Scratch.key("bell\u{7}")]
            try await faulty.store.delete(keys)
            #expect(
                faulty.server.seen.map { "\($0.method) \($0.target)" }
                    == ["DELETE /uploads/bell%07"] + Array(repeating: "POST /uploads?delete=", count: 3))
        }
    }
}

@Suite("A multipart upload that fails", .timeLimit(.minutes(1)))
struct S3MultipartFaultTests {
    private static let options = S3Options(partBytes: 1000)
    private static let body = Pieces(String(repeating: "x", count: 2500), cut: 300)
    private static let started = "<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>"
    private static let plain = ObjectAttributes(contentType: "text/plain")

    /// Answers as a store that is well.
    private static func well(_ seen: FaultServer.Seen) -> FaultServer.Reply {
        switch seen.method {
        case "PUT": .answer(200, [.init(name: "ETag", value: "\"p\"")])
        case "DELETE": .answer(204)
        case _ where seen.target.hasSuffix("?uploads="): .answer(200, [], started)
        default: .answer(200, [], "<CompleteMultipartUploadResult><ETag>\"e-3\"</ETag></CompleteMultipartUploadResult>")
        }
    }

    private static func steps(_ seen: [FaultServer.Seen]) -> [String] {
        seen.map { "\($0.method) \($0.target.split(separator: "?").last ?? "")" }
    }

    private static let complete = [
        "POST uploads=", "PUT partNumber=1&uploadId=U", "PUT partNumber=2&uploadId=U", "PUT partNumber=3&uploadId=U",
        "POST uploadId=U",
    ]

    @Test("is not one when nothing fails")
    func succeeds() async throws {
        try await FaultyStore.run(options: Self.options) { seen, _ in
            Self.well(seen)
        } _: { faulty in
            let stored = try await faulty.store.put(Scratch.key("a"), Self.plain, length: 0...2500, body: Self.body)
            #expect(stored.etag == "e-3")
            #expect(stored.size == 2500)
            #expect(Self.steps(faulty.server.seen) == Self.complete)
        }
    }

    @Test(
        "is aborted, whichever step fails",
        arguments: [
            ("PUT", "partNumber=2&uploadId=U", FaultServer.Reply.answer(403), 4),
            ("POST", "?uploadId=U", .answer(400), 6), ("POST", "?uploadId=U", .slowDown, 6),
            ("POST", "?uploadId=U", .answer(200, [], "<Error><Code>InternalError</Code></Error>"), 6),
            ("POST", "?uploadId=U", .answer(200, [], "\n\n"), 6),
        ])
    func aborts(_ method: String, _ target: String, _ reply: FaultServer.Reply, _ count: Int) async throws {
        try await FaultyStore.run(options: Self.options) { seen, _ in
            seen.method == method && seen.target.contains(target) ? reply : Self.well(seen)
        } _: { faulty in
            await #expect(throws: ObjectStorageError.self) {
                try await faulty.store.put(Scratch.key("a"), Self.plain, length: 0...2500, body: Self.body)
            }
            let steps = Self.steps(faulty.server.seen)
            #expect(steps.last == "DELETE uploadId=U")
            #expect(steps.count == count)
        }
    }

    @Test("is begun once only: a second beginning would leave a first behind")
    func beginsOnce() async throws {
        try await FaultyStore.run(options: Self.options) { _, _ in
            .slowDown
        } _: { faulty in
            await #expect(throws: ObjectStorageError.self) {
                try await faulty.store.put(Scratch.key("a"), Self.plain, length: 0...2500, body: Self.body)
            }
            #expect(Self.steps(faulty.server.seen) == ["POST uploads="])
        }
    }

    @Test("is aborted when its task is cancelled, and when the abort is what fails the first error is told")
    func cancelled() async throws {
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        try await FaultyStore.run(options: Self.options) { seen, _ in
            if seen.method == "DELETE" { return .answer(403) }
            guard seen.target.contains("partNumber=2") else { return Self.well(seen) }
            reach.yield()
            return .never
        } _: { faulty in
            let task = Task {
                try await faulty.store.put(Scratch.key("a"), Self.plain, length: 0...2500, body: Self.body)
            }
            for await _ in reached { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(Self.steps(faulty.server.seen).last == "DELETE uploadId=U")
            #expect(faulty.log.warnings.count == 2)
        }
    }

    @Test("an object that has just the size of a part is stored by one request")
    func justOnePart() async throws {
        try await FaultyStore.run(options: Self.options) { seen, _ in
            Self.well(seen)
        } _: { faulty in
            let body = Pieces(String(repeating: "x", count: 1000), cut: 300)
            let stored = try await faulty.store.put(Scratch.key("a"), Self.plain, length: 0...2500, body: body)
            #expect(stored.size == 1000)
            #expect(faulty.server.seen.map(\.method) == ["PUT"])
        }
    }
}
