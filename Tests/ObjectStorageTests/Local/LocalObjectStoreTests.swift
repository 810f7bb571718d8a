import Foundation
import NIOCore
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

@Suite("Objects as files")
struct LocalObjectStoreTests {
    @Test(
        "refuses keys that no file can have",
        arguments: [
            "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", "a/./b", "a\u{0}b", "/",
            "a/" + String(repeating: "x", count: 256),
        ])
    func refusesKey(_ key: String) async throws {
        let scratch = try await Scratch()
        await #expect {
            try await scratch.put(key, [1])
        } throws: { error in
            if case .invalidKey? = error as? ObjectStorageError { true } else { false }
        }
        #expect(try await scratch.store.head(Scratch.key(key)) == nil)
        try await scratch.store.delete([Scratch.key(key)])
        #expect(scratch.files("uploads").isEmpty)
        #expect(scratch.files(".incoming").isEmpty)
    }

    @Test("refuses a key below another object's, and one that others continue", arguments: [10, 600_000])
    func refusesNestedKey(_ size: Int) async throws {
        let scratch = try await Scratch()
        let bytes = [UInt8](repeating: 7, count: size)
        _ = try await scratch.put("a", bytes)
        _ = try await scratch.put("d/e/f", bytes)
        for key in ["a/b", "a/b/c", "d/e", "d"] {
            await #expect {
                try await scratch.put(key, bytes)
            } throws: { error in
                if case .invalidKey? = error as? ObjectStorageError { true } else { false }
            }
            #expect(try await scratch.store.head(Scratch.key(key)) == nil)
        }
        #expect(scratch.attributeFiles.count == 2)
        #expect(scratch.files(".incoming").isEmpty)
    }

    @Test("follows no symbolic link, neither to read, nor to write, nor to delete")
    func followsNoLink() async throws {
        let scratch = try await Scratch()
        let outside = FileManager.default.temporaryDirectory.appending(path: "outside-\(UUID())").path()
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: outside) } }
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: URL(filePath: outside + "/secret"))
        try FileManager.default.createSymbolicLink(atPath: scratch.path("dir"), withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("leaf"), withDestinationPath: outside + "/secret")
        #expect(try await scratch.get("dir/secret") == nil)
        #expect(try await scratch.get("leaf") == nil)
        for prefix in ["", "dir/", "dir/s", "../"] {
            #expect(try await scratch.store.list(prefix: prefix, after: nil, limit: 10).entries.isEmpty)
        }
        await #expect(throws: ObjectStorageError.self) { try await scratch.put("dir/new", [1]) }
        try await scratch.store.delete([Scratch.key("dir/secret"), Scratch.key("leaf")])
        _ = try await scratch.put("leaf", [1, 2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["secret"])
        #expect(try Data(contentsOf: URL(filePath: outside + "/secret")) == Data("secret".utf8))
        #expect(try await scratch.get("leaf")?.1 == [1, 2])
    }

    @Test("stores nothing of a body that is too long, too short, of another digest, or lost", arguments: [10, 600_000])
    func storesNothing(_ size: Int) async throws {
        let scratch = try await Scratch()
        let body = Pieces([ByteBuffer(bytes: [UInt8](repeating: 1, count: size))])
        let plain = ObjectAttributes(contentType: "text/plain")
        let key = Scratch.key("a/b")
        let count = Int64(size)
        await #expect(throws: ObjectStorageError.tooLarge(maximumBytes: count - 1)) {
            try await scratch.store.put(key, plain, length: 0...(count - 1), body: body)
        }
        await #expect(throws: ObjectStorageError.tooSmall(minimumBytes: count + 1)) {
            try await scratch.store.put(key, plain, length: (count + 1)...(count + 2), body: body)
        }
        let declared = ObjectAttributes(contentType: "text/plain", checksum: .verify(SHA256.hash("other")))
        await #expect(throws: ObjectStorageError.checksumMismatch) {
            try await scratch.store.put(key, declared, length: 0...count, body: body)
        }
        await #expect(throws: Pieces.Lost.self) {
            try await scratch.store.put(key, plain, length: 0...count, body: Pieces(body.pieces, isLost: true))
        }
        #expect(scratch.files("uploads").isEmpty)
        #expect(scratch.files(".incoming").isEmpty)
        #expect(scratch.attributeFiles.isEmpty)
    }

    @Test("keeps bytes, digests and attributes", arguments: [0, 5, 262_144, 1_000_003])
    func keeps(_ size: Int) async throws {
        let scratch = try await Scratch()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let md5 = try Hex.encode(bytes.withUnsafeBytes { try Digest.of($0, .md5) })
        let headers = [
            HeaderField(name: "x-amz-meta-a", value: "ü\"\\"), .init(name: "cache-control", value: "no-store"),
        ]
        let attributes = ObjectAttributes(
            contentType: "image/png", headers: headers, checksum: .verify(SHA256.hash(bytes)))
        let stored = try await scratch.put("tenant/ü/é.png", bytes, attributes)
        #expect(stored.size == Int64(size))
        #expect(stored.etag == md5)
        #expect(stored.headers == headers)
        #expect(stored.checksumSHA256 == SHA256.hash(bytes))
        let (object, content) = try #require(try await scratch.get("tenant/ü/é.png"))
        #expect(object == stored)
        #expect(content == bytes)
        #expect(try Data(contentsOf: URL(filePath: scratch.path("tenant/ü/é.png"))) == Data(bytes))
        #expect(scratch.files(".incoming").isEmpty)
    }

    @Test("keys that only look alike are two objects")
    func keysAreBytes() async throws {
        let scratch = try await Scratch()
        _ = try await scratch.put("\u{E9}", [1])
        _ = try await scratch.put("e\u{301}", [2])
        #expect(try await scratch.get("\u{E9}")?.1 == [1])
        #expect(try await scratch.get("e\u{301}")?.1 == [2])
    }

    @Test("reads a range, cut off at the object's end")
    func readsRange() async throws {
        let scratch = try await Scratch()
        _ = try await scratch.put("a", Array("0123456789".utf8))
        for (range, text) in [(2..<5, "234"), (8..<100, "89"), (50..<60, ""), (0..<0, "")] as [(Range<Int64>, String)] {
            let content = try #require(try await scratch.store.read(Scratch.key("a"), range: range))
            #expect(try await collect(content.bytes) == Array(text.utf8))
        }
    }

    @Test("a replaced object takes its attributes along, and one being read stays whole")
    func replaces() async throws {
        let scratch = try await Scratch()
        _ = try await scratch.put("a", [UInt8](repeating: 1, count: 600_000))
        let content = try #require(try await scratch.store.read(Scratch.key("a"), range: nil))
        _ = try await scratch.put("a", [2], ObjectAttributes(contentType: "image/gif"))
        #expect(try await scratch.store.head(Scratch.key("a"))?.contentType == "image/gif")
        #expect(scratch.attributeFiles.count == 1)
        #expect(try await collect(content.bytes) == [UInt8](repeating: 1, count: 600_000))
    }

    @Test("tells what it can of a file that was put there or changed by hand")
    func derives() async throws {
        let scratch = try await Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path("x"), withIntermediateDirectories: true)
        try Data("hello".utf8).write(to: URL(filePath: scratch.path("x/y")))
        let found = try #require(try await scratch.store.head(Scratch.key("x/y")))
        #expect(found.contentType == "binary/octet-stream")
        #expect(found.etag == "5d41402abc4b2a76b9719d911017c592")
        _ = try await scratch.put("x/z", Array("first".utf8))
        try Data("hello".utf8).write(to: URL(filePath: scratch.path("x/z")))
        #expect(try await scratch.store.head(Scratch.key("x/z")).map(\.etag) == "5d41402abc4b2a76b9719d911017c592")
        try await scratch.store.delete([Scratch.key("x/y"), Scratch.key("x/z")])
        #expect(scratch.files("uploads").isEmpty)
        #expect(scratch.attributeFiles.isEmpty)
    }

    @Test("deletes what is there and what is not, and the directories that it leaves empty")
    func deletes() async throws {
        let scratch = try await Scratch()
        for key in ["a/b/c/1", "a/b/2", "3"] { _ = try await scratch.put(key, [1]) }
        try await scratch.store.delete(["a/b/c/1", "3", "none", "a/none/x", "3/x", "a"].map(Scratch.key))
        #expect(scratch.files("uploads") == ["a", "a/b", "a/b/2"])
        #expect(scratch.attributeFiles.count == 1)
        try await scratch.store.delete([Scratch.key("a/b/2")])
        #expect(scratch.files("uploads").isEmpty)
        #expect(scratch.files(".attributes/uploads").allSatisfy { $0.utf8.count == 2 })
        #expect(try await scratch.store.head(Scratch.key("a/b/2")) == nil)
    }

    @Test("is ready while its directory is, and says so when not")
    func checks() async throws {
        let scratch = try await Scratch()
        try await scratch.store.check()
        #expect(scratch.files(".incoming").isEmpty)
        try FileManager.default.moveItem(atPath: scratch.directory, toPath: scratch.directory + ".away")
        await #expect(throws: ObjectStorageError.self) { try await scratch.store.check() }
        await #expect(throws: ObjectStorageError.self) { try await scratch.put("a", [1]) }
        try FileManager.default.moveItem(atPath: scratch.directory + ".away", toPath: scratch.directory)
        try await scratch.store.check()
    }
}
