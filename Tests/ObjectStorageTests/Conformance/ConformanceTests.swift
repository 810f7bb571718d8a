import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

/// What every store must do alike.
@Suite("Every store")
struct ConformanceTests {
    private static let plain = ObjectAttributes(contentType: "text/plain")

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    }

    /// In pieces, none of which ends where a part does.
    private static func body(_ bytes: [UInt8], isLost: Bool = false) -> Pieces {
        let cut = 300_007
        return Pieces(
            stride(from: 0, to: bytes.count, by: cut).map {
                ByteBuffer(bytes: bytes[$0..<min($0 + cut, bytes.count)])
            }, isLost: isLost)
    }

    private static let partBytes = S3Options.smallestPartBytes

    @Test(
        "keeps bytes and attributes", arguments: Engine.present,
        [0, 5, 1_000_003, partBytes, partBytes + 1, 2 * partBytes + 17])
    func keeps(_ engine: Engine, _ size: Int) async throws {
        try await engine.run { store, prefix in
            let bytes = Self.bytes(size)
            let headers = [
                HeaderField(name: "cache-control", value: "no-store"), .init(name: "x-amz-meta-a", value: "b c"),
            ]
            let attributes = ObjectAttributes(
                contentType: "image/png", headers: headers, checksum: .verify(SHA256.hash(bytes)))
            let key = prefix.key("tenant/é 1+2(3)'*!~&=%41.png")
            let stored = try await store.put(key, attributes, length: 0...Int64(size), body: Self.body(bytes))
            #expect(stored.size == Int64(size))
            #expect(stored.checksumSHA256 == SHA256.hash(bytes))
            #expect(!stored.etag.isEmpty && !stored.etag.contains("\""))
            let found = try #require(try await store.head(key))
            #expect(found.size == Int64(size))
            #expect(found.contentType == "image/png")
            #expect(found.etag == stored.etag)
            #expect(abs(found.lastModified.timeIntervalSinceNow) < 60)
            #expect(abs(stored.lastModified.timeIntervalSinceNow) < 60)
            for header in headers { #expect(found.headers.contains(header)) }
            if size <= Self.partBytes {
                #expect(try found.etag == Hex.encode(bytes.withUnsafeBytes { try Digest.of($0, .md5) }))
                #expect(found.checksumSHA256 == (engine.keepsChecksums ? SHA256.hash(bytes) : nil))
            } else if engine != .local {
                #expect(found.checksumSHA256 == nil)
            }
            let content = try #require(try await store.read(key, range: nil))
            #expect(content.object.etag == stored.etag)
            #expect(content.range == 0..<Int64(size))
            #expect(try await collect(content.bytes) == bytes)
        }
    }

    @Test(
        "stores nothing of a body that is too long, too short, of another digest, or lost", arguments: Engine.present,
        [10, partBytes + 1])
    func storesNothing(_ engine: Engine, _ size: Int) async throws {
        try await engine.run { store, prefix in
            let body = Self.body([UInt8](repeating: 1, count: size))
            let key = prefix.key("a/b")
            let count = Int64(size)
            await #expect(throws: ObjectStorageError.tooLarge(maximumBytes: count - 1)) {
                try await store.put(key, Self.plain, length: 0...(count - 1), body: body)
            }
            await #expect(throws: ObjectStorageError.tooSmall(minimumBytes: count + 1)) {
                try await store.put(key, Self.plain, length: (count + 1)...(count + 2), body: body)
            }
            let declared = ObjectAttributes(contentType: "text/plain", checksum: .verify(SHA256.hash("other")))
            await #expect(throws: ObjectStorageError.checksumMismatch) {
                try await store.put(key, declared, length: 0...count, body: body)
            }
            await #expect(throws: Pieces.Lost.self) {
                try await store.put(key, Self.plain, length: 0...count, body: Pieces(body.pieces, isLost: true))
            }
            #expect(try await store.head(key) == nil)
            if let s3 = store as? S3ObjectStore {
                let leftovers = try await s3.leftovers(prefix: prefix.text)
                #expect(leftovers.isEmpty)
            }
        }
    }

    @Test("reads a range, cut off at the object's end", arguments: Engine.present)
    func readsRange(_ engine: Engine) async throws {
        try await engine.run { store, prefix in
            let key = prefix.key("a")
            _ = try await store.put(key, Self.plain, length: 10...10, body: Pieces("0123456789"))
            let cases: [(Range<Int64>, Range<Int64>, String)] = [
                (2..<5, 2..<5, "234"), (8..<100, 8..<10, "89"), (0..<10, 0..<10, "0123456789"),
                (50..<60, 10..<10, ""), (10..<11, 10..<10, ""), (0..<0, 0..<0, ""),
            ]
            for (range, held, text) in cases {
                let content = try #require(try await store.read(key, range: range))
                #expect(content.object.size == 10)
                #expect(content.range == held)
                #expect(try await collect(content.bytes) == Array(text.utf8))
            }
            #expect(try await store.read(prefix.key("none"), range: nil) == nil)
            #expect(try await store.read(prefix.key("none"), range: 0..<0) == nil)
            #expect(try await store.read(prefix.key("none"), range: 3..<9) == nil)
        }
    }

    @Test("a replaced object takes its attributes along", arguments: Engine.present)
    func replaces(_ engine: Engine) async throws {
        try await engine.run { store, prefix in
            let key = prefix.key("a")
            let first = try await store.put(key, Self.plain, length: 0...9, body: Pieces("first"))
            let second = try await store.put(
                key, ObjectAttributes(contentType: "image/gif"), length: 0...9, body: Pieces("second"))
            let found = try #require(try await store.head(key))
            #expect(first.etag != second.etag)
            #expect(found.etag == second.etag)
            #expect(found.contentType == "image/gif")
            #expect(found.size == 6)
        }
    }

    @Test("deletes what is there and what is not, one or many", arguments: Engine.present)
    func deletes(_ engine: Engine) async throws {
        try await engine.run { store, prefix in
            let names = ["a/b/c", "a/<&>'\"ü +", "d", "e f/g", "kept"]
            for name in names {
                _ = try await store.put(prefix.key(name), Self.plain, length: 1...1, body: Pieces("x"))
            }
            try await store.delete([])
            try await store.delete([prefix.key("none")])
            try await store.delete([prefix.key("d")])
            try await store.delete(["a/b/c", "a/<&>'\"ü +", "none", "e f/g"].map(prefix.key))
            for name in names.dropLast() { #expect(try await store.head(prefix.key(name)) == nil) }
            #expect(try await store.head(prefix.key("kept")) != nil)
        }
    }

    @Test("lists by prefix, page by page, in the order of bytes", arguments: Engine.present)
    func lists(_ engine: Engine) async throws {
        try await engine.run { store, prefix in
            var names = ["a/1", "a/2", "a/é +&%41", "b", "c/d/e", "c/d/f", "z"]
            if engine.listsByBytes { names += ["a-1", "a.b", "aa"] }
            for name in names.shuffled() {
                _ = try await store.put(prefix.key(name), Self.plain, length: 1...1, body: Pieces("x"))
            }
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(prefix.key)
            for limit in [1, 3, 1000] {
                var found: [ObjectPage.Entry] = []
                var after: ObjectKey?
                while true {
                    let page = try await store.list(prefix: prefix.text, after: after, limit: limit)
                    #expect(page.entries.count <= limit)
                    found += page.entries
                    guard page.isTruncated, let last = page.entries.last else { break }
                    after = last.key
                }
                #expect(found.map(\.key) == sorted)
                #expect(found.allSatisfy { $0.size == 1 && $0.etag == "9dd4e461268c8034f5c8564e155c67a6" })
                #expect(found.allSatisfy { abs($0.lastModified.timeIntervalSinceNow) < 60 })
            }
            let part = try await store.list(prefix: prefix.text + "c/d", after: nil, limit: 10)
            #expect(part.entries.map(\.key) == [prefix.key("c/d/e"), prefix.key("c/d/f")])
            #expect(!part.isTruncated)
            let behind = try await store.list(prefix: prefix.text + "c/d/", after: prefix.key("c/d/e"), limit: 10)
            #expect(behind.entries.map(\.key) == [prefix.key("c/d/f")])
            #expect(try await store.list(prefix: prefix.text + "c/", after: prefix.key("z"), limit: 10).entries.isEmpty)
            // SeaweedFS takes two slashes for one.
            for none in ["none", "none/", "b/", "c/d/e/f/"] + (engine == .seaweedFS ? [] : ["c//"]) {
                #expect(try await store.list(prefix: prefix.text + none, after: nil, limit: 10).entries.isEmpty)
            }
        }
    }

    @Test("is ready", arguments: Engine.present)
    func checks(_ engine: Engine) async throws {
        try await engine.run { store, _ in try await store.check() }
    }

    @Test("takes many puts and reads at once", arguments: Engine.present)
    func manyAtOnce(_ engine: Engine) async throws {
        try await engine.run { store, prefix in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        let bytes = Self.bytes(10_000 + number)
                        let key = prefix.key("many/\(number)")
                        _ = try await store.put(
                            key, ObjectAttributes(contentType: "text/plain", checksum: .compute),
                            length: 0...Int64(bytes.count), body: Self.body(bytes))
                        let content = try #require(try await store.read(key, range: nil))
                        #expect(try await collect(content.bytes) == bytes)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
