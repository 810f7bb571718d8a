import Foundation
import NIOCore
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

@Suite("Many at one key")
struct LocalStoreStressTests {
    @Test("every read sees a whole object with its own attributes, while fifty put and delete it")
    func stress() async throws {
        let scratch = try await Scratch()
        let plain = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(index), count: 1 + index * 7_919)
                    for turn in 0..<6 {
                        let type = "type/\(index)-\(turn)"
                        _ = try await scratch.put("a/b/c", bytes, ObjectAttributes(contentType: type))
                        if index.isMultiple(of: 5) { try await scratch.store.delete([Scratch.key("a/b/c")]) }
                    }
                    return 0
                }
                group.addTask {
                    var seen = 0
                    for _ in 0..<12 {
                        guard let (object, bytes) = try await scratch.get("a/b/c") else { continue }
                        let writer = try #require(bytes.first)
                        #expect(bytes.count == 1 + Int(writer) * 7_919)
                        #expect(bytes.allSatisfy { $0 == writer })
                        #expect(object.size == Int64(bytes.count))
                        #expect(object.contentType.hasPrefix("type/\(writer)-"))
                        #expect(try object.etag == Hex.encode(bytes.withUnsafeBytes { try Digest.of($0, .md5) }))
                        seen += 1
                    }
                    return seen
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(plain > 0)
        #expect(scratch.files(".incoming").isEmpty)
        _ = try await scratch.put("a/b/c", [1])
        #expect(scratch.attributeFiles.count == 1)
        try await scratch.store.delete([Scratch.key("a/b/c")])
        #expect(scratch.files("uploads").isEmpty)
        #expect(scratch.attributeFiles.isEmpty)
    }

    @Test("puts survive neighbours whose deletes prune the directories they share")
    func pruning() async throws {
        let scratch = try await Scratch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<16 {
                group.addTask {
                    for _ in 0..<15 {
                        let key = "p/q/r/\(index)"
                        _ = try await scratch.put(key, [UInt8(index)])
                        #expect(try await scratch.get(key)?.1 == [UInt8(index)])
                        try await scratch.store.delete([Scratch.key(key)])
                        #expect(try await scratch.store.head(Scratch.key(key)) == nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(scratch.files("uploads").isEmpty)
        #expect(scratch.attributeFiles.isEmpty)
    }
}
