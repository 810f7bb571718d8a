import Foundation
import OpenSSL
import Testing

@testable import TollgateCore

/// Rules 11 to 13: what an accepted form says of its object, and the answer to it.
@Suite("Form: the object and the answer")
struct PostGrantTests {
    // Rule 11. Amazon S3 API Reference, "POST Policy", "Specifying Ranges"; "Error responses", EntityTooLarge.
    @Test("bounds are inclusive, and refusals name them")
    func lengthRange() throws {
        let grant = try SignedForm().requiring("[\"content-length-range\", 5, \"10\"]").grant()
        #expect(grant.lengthRange == 5...10)
        #expect(
            grant.tooLarge(proposed: 11)
                == S3Error(
                    status: 400, code: "EntityTooLarge",
                    message: "Your proposed upload exceeds the maximum allowed size",
                    elements: [.init("ProposedSize", "11"), .init("MaxSizeAllowed", "10")]))
        #expect(
            grant.tooSmall(actual: 4)
                == S3Error(
                    status: 400, code: "EntityTooSmall",
                    message: "Your proposed upload is smaller than the minimum allowed size",
                    elements: [.init("ProposedSize", "4"), .init("MinSizeAllowed", "5")]))
        #expect(grant.tooLarge(proposed: 10) == nil)
        #expect(grant.tooSmall(actual: 5) == nil)
    }

    // Rule 9: two ranges must both hold.
    @Test(
        "ranges hold together",
        arguments: [
            ([], nil), ([(0, 10), (5, 20)], 5...10), ([(5, 20), (0, 10)], 5...10), ([(3, 3)], 3...3),
            ([(0, 4), (6, 9)], -1 ... -1), ([(9, 3)], -1 ... -1),
        ] as [([(Int, Int)], ClosedRange<Int64>?)])
    func severalRanges(_ ranges: [(Int, Int)], _ expected: ClosedRange<Int64>?) throws {
        var form = SignedForm()
        form.conditions = ranges.map { "[\"content-length-range\", \($0.0), \($0.1)]" }
        let grant = try form.grant()
        #expect(grant.lengthRange == expected)
        for bytes in Int64(0)...25 {
            let refused = grant.tooLarge(proposed: bytes) != nil || grant.tooSmall(actual: bytes) != nil
            let allowed = ranges.allSatisfy { $0.0 <= Int(bytes) && Int(bytes) <= $0.1 }
            #expect(refused != allowed, "\(bytes) bytes")
        }
    }

    // Rule 11. Amazon S3 API Reference, "Error responses", BadDigest.
    @Test("a wrong checksum is a bad digest")
    func badDigest() throws {
        let right = SHA256.hash("content")
        let grant = try SignedForm().with("x-amz-checksum-sha256", Base64.encode(right)).grant()
        #expect(grant.checksumSHA256 == right)
        #expect(grant.wrongChecksum(actualSHA256: right) == nil)
        #expect(
            grant.wrongChecksum(actualSHA256: SHA256.hash("other"))?.summary
                == "400 BadDigest: The SHA256 you specified did not match the calculated checksum.")
        #expect(try SignedForm().grant().wrongChecksum(actualSHA256: right) == nil)
    }

    // Amazon S3 User Guide, "Checking object integrity"; S3's recorded answers.
    @Test(
        "refuses checksums that it cannot hold the file to",
        arguments: [
            (
                ["x-amz-checksum-sha256": "sailorjerry"],
                "400 InvalidRequest: Value for x-amz-checksum-sha256 header is invalid."
            ),
            (["x-amz-checksum-sha256": ""], "400 InvalidRequest: Value for x-amz-checksum-sha256 header is invalid."),
            (
                ["x-amz-checksum-sha256": "/sUwqQ=="],
                "400 InvalidRequest: Value for x-amz-checksum-sha256 header is invalid."
            ),
            (
                ["x-amz-checksum-sha256": "", "x-amz-checksum-crc32": "/sUwqQ=="],
                "400 InvalidRequest: Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ),
            (
                ["x-amz-checksum-crc32": "/sUwqQ=="],
                "501 NotImplemented: A header you provided implies functionality that is not implemented"
            ),
            (
                ["x-amz-sdk-checksum-algorithm": "CRC32"],
                "501 NotImplemented: A header you provided implies functionality that is not implemented"
            ),
        ])
    func checksums(_ fields: [String: String], _ summary: String) {
        var form = SignedForm()
        for (name, value) in fields { form = form.with(name, value) }
        #expect(form.refusal()?.summary == summary)
    }

    // Amazon S3 API Reference, "Error responses".
    @Test(
        "refuses attributes that S3 does not know, though it keeps none of them",
        arguments: [
            ("acl", "bogus", "InvalidArgument"), ("x-amz-storage-class", "BOGUS", "InvalidStorageClass"),
            ("x-amz-server-side-encryption", "bogus", "InvalidEncryptionAlgorithmError"),
        ])
    func unknownWords(_ name: String, _ value: String, _ code: String) {
        let refusal = SignedForm().with(name, value).refusal()
        #expect(refusal?.status == 400)
        #expect(refusal?.code == code)
    }

    @Test(
        "takes attributes that S3 knows",
        arguments: [
            ("acl", "bucket-owner-full-control"), ("x-amz-storage-class", "STANDARD_IA"),
            ("x-amz-server-side-encryption", "aws:kms"),
        ])
    func knownWords(_ name: String, _ value: String) {
        #expect(SignedForm().with(name, value).refusal() == nil)
    }

    // Rule 12. Amazon S3 API Reference, "Error responses", KeyTooLongError; S3's recorded answers.
    @Test("refuses keys that are none")
    func keys() {
        #expect(
            SignedForm().with("key", "").refusal()
                == S3Error(
                    status: 400, code: "InvalidArgument", message: "User key must have a length greater than 0.",
                    elements: [.init("ArgumentName", "key"), .init("ArgumentValue", "")]))
        var empty = SignedForm().with("key", "${filename}", conditions: "[\"starts-with\", \"$key\", \"\"]")
        empty.filename = "folder/"
        #expect(empty.refusal()?.message == "User key must have a length greater than 0.")
        #expect(
            SignedForm().with("key", String(repeating: "é", count: 512) + "x").refusal()
                == S3Error(
                    status: 400, code: "KeyTooLongError", message: "Your key is too long",
                    elements: [.init("Size", "1025"), .init("MaxSizeAllowed", "1024")]))
        #expect(SignedForm().with("key", String(repeating: "é", count: 512)).refusal() == nil)
    }

    // Rule 12: a value that becomes a header must not split it (RFC 9110, section 5.5).
    @Test(
        "refuses control characters in what becomes a header",
        arguments: [
            "Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
            "x-amz-meta-a", "success_action_redirect",
        ])
    func controlCharacters(_ name: String) {
        for character in ["\r\n", "\n", "\u{0}", "\u{7F}", "\t", "\u{1F}"] {
            let refusal = SignedForm().with(name, "https://a\(character)b").refusal()
            #expect(refusal?.status == 400)
            #expect(refusal?.code == "InvalidArgument")
        }
    }

    @Test(
        "refuses metadata names that are no header names",
        arguments: ["x-amz-meta-", "x-amz-meta-a b", "x-amz-meta-a:b", "x-amz-meta-é"])
    func metadataNames(_ name: String) {
        #expect(SignedForm().with(name, "v").refusal()?.code == "InvalidArgument")
    }

    // Amazon S3 User Guide, "Working with object metadata": 2 KB of names and values.
    @Test("refuses more metadata than 2 KB")
    func metadataSize() {
        let full = String(repeating: "v", count: 2_046)
        #expect(SignedForm().with("x-amz-meta-ab", full).refusal() == nil)
        let refusal = SignedForm().with("x-amz-meta-abc", full).refusal()
        #expect(
            refusal?.summary
                == "400 MetadataTooLarge: Your metadata headers exceed the maximum allowed metadata size")
        #expect(refusal?.elements == [.init("Size", "2049"), .init("MaxSizeAllowed", "2048")])
    }

    // Rule 12. Amazon S3 API Reference, "POST Object", Content-Type: "If not specified, binary/octet-stream".
    @Test("takes type and headers from the form alone")
    func headers() throws {
        let plain = try SignedForm().grant()
        #expect(plain.contentType == "binary/octet-stream")
        #expect(plain.headers.isEmpty)
        #expect(try SignedForm().with("content-type", "").grant().contentType == "binary/octet-stream")
        let grant = try SignedForm().with("Content-Type", "image/png").with("Cache-Control", "max-age=60")
            .with("Content-Disposition", "attachment").with("Content-Encoding", "gzip").with("Expires", "0")
            .with("X-Amz-Meta-Album", "7").with("acl", "private").with("x-ignore-it", "x").grant()
        #expect(grant.contentType == "image/png")
        #expect(
            grant.headers == [
                .init(name: "cache-control", value: "max-age=60"),
                .init(name: "content-disposition", value: "attachment"),
                .init(name: "content-encoding", value: "gzip"), .init(name: "expires", value: "0"),
                .init(name: "x-amz-meta-album", value: "7"),
            ])
    }

    private static let etag = "\"900150983cd24fb0d6963f7d28e17f72\""

    private func answer(_ fields: [String: String]) throws -> PostAnswer {
        var form = SignedForm().with("key", "a/ü&.png")
        for (name, value) in fields { form = form.with(name, value) }
        return try form.grant().answer(location: "https://h/b/a/%C3%BC%26.png", bucket: "b&c", etag: Self.etag)
    }

    // Rule 13. Amazon S3 API Reference, "Creating an HTML form", success_action_redirect; S3's recorded answers.
    @Test(
        "redirects to absolute URLs only, and keeps what they have",
        arguments: [
            ("https://example.com/done", "https://example.com/done?"), ("http://example.com", "http://example.com?"),
            ("HTTPS://example.com/?a=b", "HTTPS://example.com/?a=b&"), ("https://e.com/?", "https://e.com/?"),
            ("https://e.com/?a&", "https://e.com/?a&"), ("/relative", nil), ("//example.com/x", nil), ("", nil),
            ("not a url", nil), ("ftp://example.com/", nil), ("javascript://x/%0aalert(1)", nil), ("https://", nil),
            ("https:///x", nil), ("https://?x", nil), ("https://example.com/a b", nil),
            ("https://ex\u{E4}mple.com/", nil),
            ("data:text/html,x://y", nil),
        ] as [(String, String?)])
    func redirects(_ url: String, _ beginning: String?) throws {
        let answer = try answer(["success_action_redirect": url, "success_action_status": "201"])
        guard let beginning else {
            #expect(answer.status == 201)
            return
        }
        let result = "bucket=b%26c&key=a%2F%C3%BC%26.png&etag=%22900150983cd24fb0d6963f7d28e17f72%22"
        #expect(answer.status == 303)
        #expect(answer.headers.first == .init(name: "Location", value: beginning + result))
        #expect(answer.body.isEmpty)
    }

    @Test("puts its parameters before a fragment, and reads the field's old name")
    func redirectDetails() throws {
        let answer = try answer(["redirect": "https://e.com/x#top"])
        #expect(answer.headers.first?.value.hasPrefix("https://e.com/x?bucket=") == true)
        #expect(answer.headers.first?.value.hasSuffix("%22#top") == true)
        let both = try self.answer(["redirect": "https://old.com/", "success_action_redirect": "https://new.com/"])
        #expect(both.headers.first?.value.hasPrefix("https://new.com/?bucket=") == true)
    }

    // Rule 13. Amazon S3 API Reference, "Creating an HTML form", success_action_status.
    @Test(
        "answers with the status asked for, 204 for any other",
        arguments: [(nil, 204), ("200", 200), ("204", 204), ("404", 204), ("", 204), ("0201", 204)] as [(String?, Int)])
    func statuses(_ asked: String?, _ status: Int) throws {
        let answer = try answer(asked.map { ["success_action_status": $0] } ?? [:])
        #expect(answer.status == status)
        #expect(answer.body.isEmpty)
        #expect(
            answer.headers == [
                .init(name: "Location", value: "https://h/b/a/%C3%BC%26.png"), .init(name: "ETag", value: Self.etag),
            ])
    }

    // Rule 13: XML without a namespace.
    @Test("answers 201 with a document")
    func created() throws {
        let answer = try answer(["success_action_status": "201"])
        #expect(answer.status == 201)
        #expect(
            answer.body == """
                <?xml version="1.0" encoding="UTF-8"?>
                <PostResponse><Location>https://h/b/a/%C3%BC%26.png</Location><Bucket>b&amp;c</Bucket>\
                <Key>a/ü&amp;.png</Key><ETag>&quot;900150983cd24fb0d6963f7d28e17f72&quot;</ETag></PostResponse>
                """)
        #expect(answer.headers.last == .init(name: "Content-Type", value: "application/xml"))
    }
}
