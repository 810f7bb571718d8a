import Foundation
import NIOCore
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

@Suite("POST forms at the local store")
struct PostTests {
    private func expectNothing(_ client: EndpointScratch) {
        #expect(client.scratch.files("uploads").isEmpty)
        #expect(client.scratch.files(".incoming").isEmpty)
        #expect(client.scratch.attributeFiles.isEmpty)
    }

    @Test(
        "refuses what is no multipart form",
        arguments: [
            ("application/json", 412, "PreconditionFailed"), ("multipart/form-data", 400, "MalformedPOSTRequest"),
            ("multipart/form-data; boundary=other", 400, "MalformedPOSTRequest"),
        ])
    func refusesOtherBodies(_ type: String, _ status: Int, _ code: String) async throws {
        let client = try await EndpointScratch()
        let text = EndpointScratch.form(client.fields("a"), "content")
        let response = try await client.post(Pieces(text), length: text.utf8.count, contentType: type)
        #expect(response.status == status)
        #expect(try await response.element("Code") == code)
        #expect(response.header("x-amz-request-id") == "R1")
        expectNothing(client)
    }

    @Test("refuses a form that was tampered with, before it reads the file")
    func refusesTampered() async throws {
        let client = try await EndpointScratch()
        var fields = client.fields("a")
        fields[0] = HeaderField(name: "key", value: "b")
        let head = EndpointScratch.head(fields)
        // The body fails as soon as one reads beyond the file's header.
        let response = try await client.post(Pieces([ByteBuffer(string: head)], isLost: true), length: nil)
        #expect(response.status == 403)
        #expect(try await response.element("Code") == "AccessDenied")
        let last = HeaderField(name: "x-amz-signature", value: String(repeating: "0", count: 64))
        let forged = try await client.post(EndpointScratch.form(fields.dropLast() + [last], "content"))
        #expect(try await forged.element("Code") == "SignatureDoesNotMatch")
        let anonymous = try await client.post(EndpointScratch.form([HeaderField(name: "key", value: "a")], "content"))
        #expect(try await anonymous.element("Code") == "AccessDenied")
        expectNothing(client)
    }

    @Test("refuses a form without a file, and one whose fields stand behind it")
    func refusesWithoutFile() async throws {
        let client = try await EndpointScratch()
        let parts = client.fields("a").map { EndpointScratch.part($0.name, $0.value) }.joined()
        let close = "--\(EndpointScratch.boundary)--\r\n"
        let response = try await client.post(parts + close)
        #expect(response.status == 400)
        #expect(try await response.element("Message") == "POST requires exactly one file upload per request.")
        let late = try await client.post(EndpointScratch.form([], "content", trailer: parts))
        #expect(try await late.element("ArgumentName") == "key")
        expectNothing(client)
    }

    @Test("refuses more than 20 KB in front of the file")
    func refusesLongFields() async throws {
        let client = try await EndpointScratch()
        let long = HeaderField(name: "x-ignore-long", value: String(repeating: "x", count: 20_480))
        let response = try await client.post(EndpointScratch.form(client.fields("a") + [long], "content"))
        #expect(try await response.element("Code") == "MaxPostPreDataLengthExceeded")
        expectNothing(client)
    }

    @Test("refuses a file that is too large, while it arrives", arguments: [1, 7, .max])
    func refusesTooLarge(_ cut: Int) async throws {
        let client = try await EndpointScratch()
        let text = EndpointScratch.form(client.fields("a", 1...9), "0123456789")
        let response = try await client.post(text, cut: cut)
        #expect(response.status == 400)
        #expect(try await response.element("Code") == "EntityTooLarge")
        #expect(try await response.element("ProposedSize") == "10")
        #expect(try await response.element("MaxSizeAllowed") == "9")
        expectNothing(client)
    }

    @Test("stops at the first byte too many of an endless file")
    func stopsEarly() async throws {
        let client = try await EndpointScratch()
        let head = ByteBuffer(string: EndpointScratch.head(client.fields("a", 1...600_000)))
        let piece = ByteBuffer(bytes: [UInt8](repeating: 1, count: 100_000))
        let body = Pieces([head] + Array(repeating: piece, count: 7), isLost: true)
        #expect(try await client.post(body, length: nil).element("ProposedSize") == "700000")
        expectNothing(client)
    }

    @Test("refuses by the announced length alone what is certainly too large, and nothing else")
    func refusesAnnounced() async throws {
        let client = try await EndpointScratch()
        let head = EndpointScratch.head(client.fields("a", 1...9))
        let body = Pieces([ByteBuffer(string: head)], isLost: true)
        let closing = "\r\n--\(EndpointScratch.boundary)--\r\n"
        let response = try await client.post(body, length: head.utf8.count + closing.utf8.count + 5_000_000)
        #expect(try await response.element("Code") == "EntityTooLarge")
        #expect(try await response.element("ProposedSize") == "5000000")
        // A submit button behind the file, as in Amazon's own example of a form.
        let button = EndpointScratch.part("submit", String(repeating: "x", count: 30_000))
        let full = try await client.post(EndpointScratch.form(client.fields("a", 1...9), "123456789", trailer: button))
        #expect(full.status == 204)
        await #expect(throws: Pieces.Lost.self) { try await client.post(body, length: head.utf8.count + 100) }
    }

    @Test("gives up a form that takes longer than an upload may, and keeps nothing of it")
    func refusesSlow() async throws {
        let client = try await EndpointScratch(slowestUpload: .zero)
        let text = EndpointScratch.form(client.fields("a"), "content")
        let response = try await client.post(Pieces(text, cut: 10), length: text.utf8.count)
        #expect(response.status == 400)
        #expect(try await response.element("Code") == "RequestTimeout")
        expectNothing(client)
    }

    @Test("refuses a file that is too small")
    func refusesTooSmall() async throws {
        let client = try await EndpointScratch()
        let response = try await client.post(EndpointScratch.form(client.fields("a", 4...9), "123"))
        #expect(try await response.element("Code") == "EntityTooSmall")
        #expect(try await response.element("MinSizeAllowed") == "4")
        expectNothing(client)
    }

    @Test("refuses a file of another checksum, and keeps one of the declared")
    func checksChecksum() async throws {
        let client = try await EndpointScratch()
        let fields = client.fields("a", checksum: SHA256.hash("content"))
        #expect(try await client.post(EndpointScratch.form(fields, "Content")).element("Code") == "BadDigest")
        expectNothing(client)
        #expect(try await client.post(EndpointScratch.form(fields, "content")).status == 204)
        #expect(try await client.scratch.store.head(Scratch.key("a"))?.checksumSHA256 == SHA256.hash("content"))
    }

    @Test("stores nothing of a body that is cut off, and says which end is missing")
    func refusesTruncated() async throws {
        let client = try await EndpointScratch()
        let text = EndpointScratch.form(client.fields("a", 0...1_000_000), String(repeating: "x", count: 400_000))
        for missing in [4, 30, 300_000] {
            let cut = Pieces(String(text.utf8.dropLast(missing)) ?? "")
            let known = try await client.post(cut, length: text.utf8.count)
            #expect(try await known.element("Code") == "IncompleteBody")
            let unknown = try await client.post(cut, length: nil)
            #expect(try await unknown.element("Code") == "MalformedPOSTRequest")
            await #expect(throws: Pieces.Lost.self) {
                try await client.post(Pieces(cut.pieces, isLost: true), length: text.utf8.count)
            }
        }
        expectNothing(client)
    }

    @Test("refuses keys that no file can have, and names why", arguments: ["a//b", "../a", "a/", "a/./b"])
    func refusesKey(_ key: String) async throws {
        let client = try await EndpointScratch()
        let response = try await client.post(EndpointScratch.form(client.fields(key), "content"))
        #expect(response.status == 400)
        #expect(try await response.element("Code") == "InvalidArgument")
        #expect(try await response.element("ArgumentName") == "key")
        expectNothing(client)
    }

    @Test("refuses another bucket, and other methods")
    func refusesOthers() async throws {
        let client = try await EndpointScratch()
        let text = EndpointScratch.form(client.fields("a"), "content")
        let other = try await client.post(Pieces(text), length: nil, bucket: "other")
        #expect(other.status == 404)
        #expect(try await other.element("Code") == "NoSuchBucket")
        for (method, path, allow) in [
            ("PUT", "/a", "GET, HEAD, OPTIONS"), ("POST", "/a", "GET, HEAD, OPTIONS"), ("GET", "", "POST, OPTIONS"),
            ("DELETE", "/", "POST, OPTIONS"),
        ] {
            let response = try await client.request(method, path: path)
            #expect(response.status == 405)
            #expect(response.header("Allow") == allow)
            #expect(try await response.element("Code") == "MethodNotAllowed")
        }
    }

    @Test("stores a form however it is cut, with the form's type and not the file part's", arguments: [1, 13, .max])
    func stores(_ cut: Int) async throws {
        let client = try await EndpointScratch()
        let response = try await client.post(EndpointScratch.form(client.fields("t/ü b.txt"), "content"), cut: cut)
        #expect(response.status == 204)
        #expect(response.header("ETag") == "\"9a0364b9e99bb480dd25e1f0284c8555\"")
        #expect(response.header("Location") == "http://localhost:8080/storage/uploads/t/%C3%BC%20b.txt")
        let (object, bytes) = try #require(try await client.scratch.get("t/ü b.txt"))
        #expect(object.contentType == "text/plain")
        #expect(bytes == Array("content".utf8))
    }

    @Test("stores an empty file where the policy allows it")
    func storesEmpty() async throws {
        let client = try await EndpointScratch()
        #expect(try await client.post(EndpointScratch.form(client.fields("a"), "")).status == 204)
        #expect(try await client.scratch.store.head(Scratch.key("a"))?.size == 0)
    }

    @Test("answers 201 with XML where the form asks for it")
    func answersCreated() async throws {
        let client = try await EndpointScratch()
        let further = [HeaderField(name: "success_action_status", value: "201")]
        let response = try await client.post(EndpointScratch.form(client.fields("a", further: further), "content"))
        #expect(response.status == 201)
        #expect(try await response.element("Key") == "a")
        #expect(response.header("Content-Length") == String(try await response.text.utf8.count))
    }

    @Test("answers 503 and a cause when the disk is out of reach")
    func answersUnavailable() async throws {
        let client = try await EndpointScratch()
        let away = client.scratch.directory + ".away"
        try FileManager.default.moveItem(atPath: client.scratch.directory, toPath: away)
        let response = try await client.post(EndpointScratch.form(client.fields("a"), "content"))
        #expect(response.status == 503)
        #expect(response.cause != nil)
        try FileManager.default.moveItem(atPath: away, toPath: client.scratch.directory)
    }
}
