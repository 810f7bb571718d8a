import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

/// What is true of S3 stores alone, over those that are there.
@Suite("Every S3 store", .enabled(if: !Engine.presentS3.isEmpty, "no engine is given"))
struct S3EngineTests {
    private static let plain = ObjectAttributes(contentType: "text/plain")

    private static func withClient<Value>(_ work: (HTTPClient) async throws -> Value) async throws -> Value {
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        do {
            let value = try await work(client)
            try await client.shutdown()
            return value
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Posts a file with a signed form, as a browser does.
    private static func post(_ form: PresignedPost, _ file: String, _ client: HTTPClient) async throws -> UInt {
        let boundary = "----tollgate"
        var text = ""
        for field in form.fields {
            text += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
        }
        text += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
        text += "Content-Type: text/plain\r\n\r\n\(file)\r\n--\(boundary)--\r\n"
        var request = HTTPClientRequest(url: form.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
        request.body = .bytes(ByteBuffer(string: text))
        return try await client.execute(request, timeout: .seconds(10)).status.code
    }

    @Test(
        "takes a signed form with all options, and only what it permits", arguments: Engine.presentS3, [nil, "private"])
    func signedForm(_ engine: Engine, _ acl: String?) async throws {
        try await engine.runS3(options: S3Options(acl: acl, storageClass: "STANDARD")) { store, prefix in
            try await Self.withClient { client in
                let key = prefix.key("form/é.txt")
                let permission = UploadPermission(
                    key: key, contentType: "text/plain", length: 2...5, expiresAt: Date() + 600,
                    checksumSHA256: SHA256.hash("hello"))
                guard case .post(let form) = try await store.presignedUpload(for: permission, at: Date()) else {
                    Issue.record("a store signs forms unless it was told to sign PUTs")
                    return
                }
                #expect(try await Self.post(form, "too long", client) >= 400)
                #expect(try await store.head(key) == nil)
                #expect(try await Self.post(form, "hello", client) == 204)
                let found = try #require(try await store.head(key))
                #expect(found.size == 5)
                #expect(found.contentType == "text/plain")
            }
        }
    }

    @Test("serves a signed URL with the headers that it sets", arguments: Engine.presentS3)
    func signedURL(_ engine: Engine) async throws {
        try await engine.runS3 { store, prefix in
            try await Self.withClient { client in
                let key = prefix.key("a b+c/é.txt")
                _ = try await store.put(key, Self.plain, length: 5...5, body: Pieces("hello"))
                let overrides = ResponseOverrides(
                    contentDisposition: "attachment; filename=\"a b.txt\"", contentType: "text/x-other")
                let url = try await store.presignedGet(key, expiresIn: 60, overriding: overrides, at: Date())
                let answer = try await client.execute(HTTPClientRequest(url: url.url), timeout: .seconds(10))
                #expect(answer.status == .ok)
                #expect(answer.headers.first(name: "Content-Disposition") == overrides.contentDisposition)
                #expect(answer.headers.first(name: "Content-Type") == overrides.contentType)
                #expect(try await answer.body.collect(upTo: 100) == ByteBuffer(string: "hello"))
            }
        }
    }

    @Test("lists and aborts multipart uploads that were left behind", arguments: Engine.presentS3)
    func leftovers(_ engine: Engine) async throws {
        try await engine.runS3 { store, prefix in
            let begun = Date() - 60
            var uploadIDs: [String] = []
            for name in ["left/a b", "left/é+", "other"] {
                let parts = S3Parts(store: store, key: prefix.key(name))
                let uploadID = try await parts.start([])
                _ = try await parts.store(ByteBuffer(string: "part"), number: 1, of: uploadID)
                uploadIDs.append(uploadID)
            }
            let left = try await store.leftovers(prefix: prefix.text + "left/")
            #expect(Set(left.map(\.key)) == [prefix.key("left/a b"), prefix.key("left/é+")])
            #expect(Set(left.map(\.uploadID)) == Set(uploadIDs.prefix(2)))
            #expect(left.allSatisfy { $0.startedAt > begun })
            #expect(try await store.abortLeftovers(prefix: prefix.text + "left/", startedBefore: begun) == 0)
            #expect(try await store.abortLeftovers(prefix: prefix.text + "left/", startedBefore: Date() + 60) == 2)
            #expect(try await store.leftovers(prefix: prefix.text).map(\.key) == [prefix.key("other")])
            #expect(try await store.abortLeftovers(prefix: prefix.text, startedBefore: Date() + 60) == 1)
            // Once more: what is over is no error.
            try await store.abort(prefix.key("other"), uploadID: uploadIDs[2])
        }
    }

    @Test("refuses strangers, and a bucket that is not there, with its own word", arguments: Engine.presentS3)
    func refuses(_ engine: Engine) async throws {
        var wrong = try engine.address()
        wrong.credentials = S3Credentials(
            accessKeyID: wrong.credentials.accessKeyID, secretAccessKey: "wrongwrongwrongwrongwrong")
        var missing = try engine.address()
        missing.bucket = "no-such-bucket"
        try await Self.withClient { client in
            let key = Scratch.key("a")
            let stranger = try wrong.store(client, S3Options())
            await #expect(throws: ObjectStorageError.refused(status: 403, code: "SignatureDoesNotMatch")) {
                try await stranger.put(key, Self.plain, length: 1...1, body: Pieces("x"))
            }
            await #expect(throws: ObjectStorageError.refused(status: 403, code: "HTTP403")) {
                try await stranger.check()
            }
            let nowhere = try missing.store(client, S3Options())
            await #expect(throws: ObjectStorageError.refused(status: 404, code: "HTTP404")) {
                try await nowhere.head(key)
            }
            await #expect(throws: ObjectStorageError.refused(status: 404, code: "NoSuchBucket")) {
                try await nowhere.read(key, range: nil)
            }
        }
    }

    @Test("reads no further than is asked, and gives the connection back", arguments: Engine.presentS3)
    func backPressure(_ engine: Engine) async throws {
        try await engine.runS3 { store, prefix in
            let key = prefix.key("big")
            let piece = ByteBuffer(repeating: 7, count: 1 << 20)
            _ = try await store.put(
                key, Self.plain, length: 0...Int64.max, body: Pieces(Array(repeating: piece, count: 12)))
            for _ in 0..<3 {
                let content = try #require(try await store.read(key, range: nil))
                var first = 0
                for try await bytes in content.bytes {
                    first = bytes.readableBytes
                    break
                }
                #expect(first > 0)
            }
            let content = try #require(try await store.read(key, range: (5 << 20)..<(6 << 20)))
            #expect(try await collect(content.bytes).count == 1 << 20)
        }
    }
}
