import Foundation
import NIOCore
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

/// Each test stops a commit where a crash might, by taking its steps itself.
@Suite("Crashes and leftovers of the local store")
struct LocalTreeTests {
    private static let attributes = LocalAttributes(
        key: "a/b", contentType: "text/plain", etag: "e", checksumSHA256: nil, headers: [])

    private func key(_ text: String) throws -> LocalKey { try LocalKey(Scratch.key(text)) }

    @Test("a start removes what a crash left, before and after its attributes were stored", arguments: [false, true])
    func removesLeftovers(_ storesAttributes: Bool) async throws {
        let scratch = try await Scratch()
        let tree = try LocalTree(directory: scratch.directory, bucket: "uploads")
        do {
            let file = try tree.receive(key("a/b"), hashesSHA256: false)
            try file.write(ByteBuffer(string: "half"))
            if storesAttributes { _ = try tree.storeAttributes(Self.attributes, of: file.file, for: key("a/b")) }
        }
        #expect(scratch.files(".incoming").count == 1)
        #expect(scratch.attributeFiles.count == (storesAttributes ? 1 : 0))
        try tree.removeLeftovers()
        #expect(scratch.files(".incoming").isEmpty)
        #expect(scratch.attributeFiles.isEmpty)
        #expect(try await scratch.store.head(Scratch.key("a/b")) == nil)
    }

    @Test("a start leaves alone what another process is receiving")
    func leavesFilesInUse() async throws {
        let scratch = try await Scratch()
        let tree = try LocalTree(directory: scratch.directory, bucket: "uploads")
        let file = try tree.receive(key("a/b"), hashesSHA256: false)
        try file.write(ByteBuffer(string: "whole"))
        try tree.removeLeftovers()
        _ = try file.finish()
        _ = try tree.commit(file, as: key("a/b"), Self.attributes)
        try tree.removeLeftovers()
        #expect(try await scratch.get("a/b")?.0.contentType == "text/plain")
        #expect(try await scratch.get("a/b")?.1 == Array("whole".utf8))
    }

    @Test("a crash before the rename leaves the older object with its attributes, and a later put tidies up")
    func crashBeforeRename() async throws {
        let scratch = try await Scratch()
        let first = try await scratch.put("a/b", [1])
        let tree = try LocalTree(directory: scratch.directory, bucket: "uploads")
        do {
            let file = try tree.receive(key("a/b"), hashesSHA256: false)
            try file.write(ByteBuffer(string: "half"))
            _ = try tree.storeAttributes(Self.attributes, of: file.file, for: key("a/b"))
        }
        #expect(try await scratch.store.head(Scratch.key("a/b")) == first)
        #expect(scratch.attributeFiles.count == 2)
        _ = try await scratch.put("a/b", [2])
        #expect(scratch.attributeFiles.count == 1)
    }

    @Test("a crash after the rename leaves the newer object with its attributes")
    func crashAfterRename() async throws {
        let scratch = try await Scratch()
        _ = try await scratch.put("a/b", [1])
        let tree = try LocalTree(directory: scratch.directory, bucket: "uploads")
        do {
            let file = try tree.receive(key("a/b"), hashesSHA256: false)
            try file.write(ByteBuffer(string: "newer"))
            _ = try tree.storeAttributes(Self.attributes, of: file.file, for: key("a/b"))
            let parent = try #require(try tree.path(to: key("a/b")).last)
            try file.directory.rename(file.name, to: parent, "b")
        }
        try tree.removeLeftovers()
        #expect(try await scratch.store.head(Scratch.key("a/b"))?.etag == "e")
    }

    @Test("nobody removes the attributes of a commit in flight, neither a put nor a delete of the same key")
    func keepsAttributesInFlight() async throws {
        let scratch = try await Scratch()
        let tree = try LocalTree(directory: scratch.directory, bucket: "uploads")
        let file = try tree.receive(key("a/b"), hashesSHA256: false)
        try file.write(ByteBuffer(string: "later"))
        let held = try tree.storeAttributes(Self.attributes, of: file.file, for: key("a/b"))
        _ = try await scratch.put("a/b", [1])
        try await scratch.store.delete([Scratch.key("a/b")])
        #expect(scratch.attributeFiles.count == 1)
        let parent = try #require(try tree.path(to: key("a/b"), create: true).last)
        try file.directory.rename(file.name, to: parent, "b")
        #expect(try await scratch.store.head(Scratch.key("a/b"))?.etag == "e")
        withExtendedLifetime(held) {}
    }

    @Test("two versions stored in the same instant differ in their time")
    func versionsDiffer() async throws {
        let scratch = try await Scratch()
        let tree = try LocalTree(directory: scratch.directory, bucket: "uploads")
        let file = try tree.receive(key("a"), hashesSHA256: false)
        var names: Set<String> = []
        for _ in 0..<50 {
            let stored = try tree.storeAttributes(Self.attributes, of: file.file, for: key("a"))
            names.insert(LocalAttributes.fileName(for: stored.status))
        }
        #expect(names.count == 50)
        try file.discard()
    }
}
