import Foundation
import NIOCore
import OpenSSL
import Testing
import TollgateCore

@testable import ObjectStorage

@Suite("GET and HEAD at the local store")
struct GetTests {
    private func client() async throws -> EndpointScratch {
        let client = try await EndpointScratch()
        let attributes = ObjectAttributes(
            contentType: "text/html",
            headers: [.init(name: "cache-control", value: "max-age=5"), .init(name: "x-amz-meta-a", value: "b")],
            checksum: .compute)
        _ = try await client.scratch.put("t/a b.html", Array("0123456789".utf8), attributes)
        return client
    }

    @Test("refuses a request without a signature, with a late one, and one for another key or method")
    func refusesUnsigned() async throws {
        let client = try await client()
        let plain = try await client.request("GET", path: "/t/a%20b.html")
        #expect(plain.status == 403)
        #expect(try await plain.element("Code") == "AccessDenied")
        #expect(try await client.get("t/a b.html", at: client.now + 61).status == 403)
        let url = try await client.scratch.store.presignedGet(
            Scratch.key("t/a b.html"), expiresIn: 60, overriding: ResponseOverrides(), at: client.now
        ).url
        let query = String(try #require(url.split(separator: "?").last))
        #expect(try await client.request("GET", path: "/t/other", query: query).status == 403)
        #expect(try await client.request("HEAD", path: "/t/a%20b.html", query: query).status == 403)
        #expect(try await client.request("GET", path: "/t/a%20b.html", query: query).status == 200)
    }

    @Test(
        "says which key does not exist, to a HEAD by the status alone",
        arguments: ["none", "t", "t/a b.html/x", "a//b"])
    func refusesMissing(_ key: String) async throws {
        let client = try await client()
        let response = try await client.get(key)
        #expect(response.status == 404)
        #expect(try await response.element("Code") == "NoSuchKey")
        #expect(try await response.element("Key") == key)
        let head = try await client.get(key, .head)
        #expect(head.status == 404)
        #expect(try await head.text.isEmpty)
    }

    @Test("refuses escapes that are none", arguments: ["/a%", "/a%2", "/a%zz", "/%FF"])
    func refusesURI(_ path: String) {
        #expect(throws: S3Error.invalidURI) { try ObjectPath.key(path) }
    }

    @Test("refuses control characters in an override, and what it has no answer to")
    func refusesOverrides() async throws {
        let client = try await client()
        for value in ["a\r\nSet-Cookie: x=y", "a\u{7F}"] {
            let query = [HeaderField(name: "response-content-type", value: value)]
            #expect(try await client.get("t/a b.html", query: query).element("Code") == "InvalidArgument")
        }
        let acl = [HeaderField(name: "acl", value: "")]
        #expect(try await client.get("t/a b.html", query: acl).status == 501)
    }

    @Test("serves an object with its headers, so that a page among them can do no harm")
    func serves() async throws {
        let client = try await client()
        let response = try await client.getWithHeader("/t/a%20b.html")
        #expect(response.status == 200)
        #expect(try await response.text == "0123456789")
        let checksum = Base64.encode(SHA256.hash("0123456789"))
        for (name, value) in [
            ("Content-Type", "text/html"), ("Content-Length", "10"), ("Accept-Ranges", "bytes"),
            ("ETag", "\"781e5e245d69b566979b86e28d23f2c7\""), ("Cache-Control", "max-age=5"), ("x-amz-meta-a", "b"),
            ("X-Content-Type-Options", "nosniff"), ("x-amz-request-id", "R1"), ("x-amz-checksum-sha256", checksum),
        ] {
            #expect(response.header(name) == value)
        }
        let policy = try #require(response.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("sandbox; default-src 'none'"))
        #expect(!policy.contains("allow-") && !policy.contains("script-src"))
        #expect(response.header("Last-Modified").flatMap { HTTPDate.parse($0) } != nil)
        let head = try await client.get("t/a b.html", .head)
        #expect(head.header("Content-Length") == "10")
        #expect(try await head.text.isEmpty)
    }

    @Test("lets the signed query override headers")
    func overrides() async throws {
        let client = try await client()
        let url = try await client.scratch.store.presignedGet(
            Scratch.key("t/a b.html"), expiresIn: 60,
            overriding: ResponseOverrides(
                contentDisposition: "attachment; filename=\"a b.pdf\"", contentType: "application/pdf"),
            at: client.now
        ).url
        let parts = url.split(separator: "?").map(String.init)
        let response = try await client.request("GET", path: "/t/a%20b.html", query: parts[1])
        #expect(response.header("Content-Disposition") == "attachment; filename=\"a b.pdf\"")
        #expect(response.headers.filter { $0.name.lowercased() == "content-type" }.map(\.value) == ["application/pdf"])
        #expect(response.header("Content-Security-Policy")?.contains("sandbox") == false)
        #expect(response.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
    }

    @Test(
        "serves ranges",
        arguments: [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=8-", 206, "89", "bytes 8-9/10"),
            ("bytes=-3", 206, "789", "bytes 7-9/10"), ("bytes=-30", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=5-99", 206, "56789", "bytes 5-9/10"), ("BYTES=5-5", 206, "5", "bytes 5-5/10"),
            ("bytes=0-99999999999999999999", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=0-1,3-4", 200, "0123456789", nil), ("bytes=5-2", 200, "0123456789", nil),
            ("bytes=-", 200, "0123456789", nil), ("lines=1-2", 200, "0123456789", nil),
            ("bytes=+1-2", 200, "0123456789", nil),
        ])
    func ranges(_ range: String, _ status: Int, _ text: String, _ contentRange: String?) async throws {
        let client = try await client()
        let response = try await client.get("t/a b.html", headers: [.init(name: "Range", value: range)])
        #expect(response.status == status)
        #expect(try await response.text == text)
        #expect(response.header("Content-Range") == contentRange)
        #expect(response.header("Content-Length") == String(text.utf8.count))
    }

    @Test("refuses ranges in which nothing lies", arguments: ["bytes=10-", "bytes=10-20", "bytes=-0"])
    func refusesRange(_ range: String) async throws {
        let client = try await client()
        let response = try await client.get("t/a b.html", headers: [.init(name: "Range", value: range)])
        #expect(response.status == 416)
        #expect(response.header("Content-Range") == "bytes */10")
        #expect(try await response.element("ActualObjectSize") == "10")
    }

    private static let tag = "\"781e5e245d69b566979b86e28d23f2c7\""
    private static let early = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let late = "Thu, 01 Jan 2099 00:00:00 GMT"

    @Test(
        "weighs conditions in the order of RFC 9110",
        arguments: [
            ([("If-Match", tag)], 200), ([("If-Match", "\"x\", \(tag)")], 200), ([("If-Match", "*")], 200),
            ([("If-Match", "\"x\"")], 412), ([("If-Match", "W/\(tag)")], 412),
            ([("If-Match", "781e5e245d69b566979b86e28d23f2c7")], 200),
            ([("If-Unmodified-Since", early)], 412), ([("If-Unmodified-Since", late)], 200),
            ([("If-Match", tag), ("If-Unmodified-Since", early)], 200),
            ([("If-None-Match", tag)], 304), ([("If-None-Match", "W/\(tag)")], 304), ([("If-None-Match", "*")], 304),
            ([("If-None-Match", "\"x\"")], 200), ([("If-Modified-Since", late)], 304),
            ([("If-Modified-Since", early)], 200), ([("If-Modified-Since", "yesterday")], 200),
            ([("If-None-Match", "\"x\""), ("If-Modified-Since", late)], 200),
            ([("If-Match", "\"x\""), ("If-None-Match", tag)], 412),
            ([("Range", "bytes=1-2"), ("If-Range", tag)], 206), ([("Range", "bytes=1-2"), ("If-Range", "\"x\"")], 200),
            ([("Range", "bytes=1-2"), ("If-Range", early)], 200),
            ([("Range", "bytes=99-"), ("If-Range", "\"x\"")], 200),
            ([("Range", "bytes=1-2"), ("If-None-Match", tag)], 304),
        ])
    func conditions(_ headers: [(String, String)], _ status: Int) async throws {
        let client = try await client()
        let response = try await client.get(
            "t/a b.html", headers: headers.map { HeaderField(name: $0.0, value: $0.1) })
        #expect(response.status == status)
        if status == 304 {
            #expect(response.header("ETag") == Self.tag)
            #expect(try await response.text.isEmpty)
        }
        if status == 412 { #expect(try await response.element("Condition") == headers.first?.0) }
    }
}
