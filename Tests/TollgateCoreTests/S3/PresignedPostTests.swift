import Foundation
import Testing

@testable import TollgateCore

@Suite("Presigned form")
struct PresignedPostTests {
    private static func endpoint(
        _ url: String = "https://s3.example.com/storage", _ style: S3Endpoint.Style = .path
    ) throws -> S3Endpoint {
        try S3Endpoint(url: url, bucket: Example.bucket, style: style)
    }

    private static func form(
        _ name: String = "a.png", further: [PostForm.Field] = [], checksum: [UInt8]? = nil,
        expiresAt: Date = Example.now.addingTimeInterval(900)
    ) throws -> UploadForm {
        UploadForm(
            key: try #require(ObjectKey(name)), contentType: "image/png", length: 1...48_213, expiresAt: expiresAt,
            checksumSHA256: checksum, furtherFields: further)
    }

    /// botocore 1.43.11 for the same input, clock frozen, with
    /// `Fields={"Content-Type", "acl", "x-amz-meta-note"}`, their conditions and `["content-length-range", 1, 48213]`.
    @Test("has the policy and signature of botocore, byte for byte")
    func likeBotocore() throws {
        let form = try Self.form(
            "acme/é 1.png",
            further: [
                .init(name: "acl", value: "private"),
                .init(name: "x-amz-meta-note", value: "Grüße \"x\"\\ 😀\u{7F}\t/"),
            ])
        let post = PresignedPost.sign(
            form, to: try Self.endpoint(), with: Example.signer(region: "eu-central-1", token: "the-token"),
            at: Example.now)
        #expect(post.url == "https://s3.example.com/storage/examplebucket")
        #expect(post.expiresAt == Example.now.addingTimeInterval(900))
        #expect(
            post.fields.map(\.name) == [
                "key", "Content-Type", "acl", "x-amz-meta-note", "x-amz-algorithm", "x-amz-credential", "x-amz-date",
                "x-amz-security-token", "policy", "x-amz-signature",
            ])
        #expect(post.fields.last?.value == "4d39a2fe0c53044b6944f637b388d7cf1b598062cd2f33d9680f1a92221543e3")
    }

    @Test("is accepted by the judge for what it permits, whatever it carries", arguments: [false, true])
    func acceptedByTheJudge(_ everything: Bool) throws {
        let checksum = (0..<32).map(UInt8.init)
        let form = try Self.form(
            further: everything
                ? [
                    .init(name: "acl", value: "private"), .init(name: "success_action_status", value: "201"),
                    .init(name: "x-amz-server-side-encryption", value: "AES256"),
                    .init(name: "x-amz-storage-class", value: "STANDARD_IA"),
                    .init(name: "x-amz-sdk-checksum-algorithm", value: "SHA256"),
                    .init(name: "Cache-Control", value: "max-age=60"), .init(name: "x-amz-meta-album", value: "7"),
                ] : [], checksum: everything ? checksum : nil)
        let post = PresignedPost.sign(form, to: try Self.endpoint(), with: Example.signer(), at: Example.now)
        let sent = PostForm(fields: post.fields, filename: "other.png")
        let grant = try Example.judge().judge(sent, at: Example.now.addingTimeInterval(899))
        #expect(grant.key.rawValue == "a.png")
        #expect(grant.contentType == "image/png")
        #expect(grant.lengthRange == 1...48_213)
        #expect(grant.checksumSHA256 == (everything ? checksum : nil))
        #expect(grant.success == (everything ? .created : .noContent))
        let refusal = Example.refusal { () throws(S3Error) in
            try Example.judge().judge(sent, at: Example.now.addingTimeInterval(900))
        }
        #expect(refusal?.summary == "403 AccessDenied: Invalid according to Policy: Policy expired.")
    }

    @Test("lets the judge refuse every single change of a field")
    func everyFieldIsBound() throws {
        let form = try Self.form(
            further: [.init(name: "acl", value: "private")], checksum: .init(repeating: 1, count: 32))
        let post = PresignedPost.sign(form, to: try Self.endpoint(), with: Example.signer(), at: Example.now)
        for index in post.fields.indices {
            let field = post.fields[index]
            var changed = PostForm(fields: post.fields, filename: nil)
            changed.fields[index] = .init(name: field.name, value: field.value + "x")
            #expect(
                Example.refusal { () throws(S3Error) in try Example.judge().judge(changed, at: Example.now) } != nil,
                "\(field.name) changed")
            changed.fields.remove(at: index)
            #expect(
                Example.refusal { () throws(S3Error) in try Example.judge().judge(changed, at: Example.now) } != nil,
                "\(field.name) removed")
        }
    }

    @Test("ends with temporary credentials, and at a whole second")
    func endsWithCredentials() throws {
        let end = Example.now.addingTimeInterval(60.7)
        let post = PresignedPost.sign(
            try Self.form(), to: try Self.endpoint(), with: Example.signer(token: "t", expiresAt: end), at: Example.now)
        #expect(post.expiresAt == Example.now.addingTimeInterval(60))
        let policy = try #require(post.fields.first { $0.name == "policy" }?.value)
        let document = try #require(Base64.decode(policy))
        #expect(String(decoding: document, as: UTF8.self).hasPrefix("{\"expiration\": \"2015-12-29T00:01:00Z\""))
        #expect(String(decoding: document, as: UTF8.self).contains("{\"x-amz-security-token\": \"t\"}"))
        #expect(post.fields.contains(.init(name: "x-amz-security-token", value: "t")))
    }

    @Test("is signed for the day of its instant, not for the day of the signer's key")
    func otherDay() throws {
        let tomorrow = Example.now.addingTimeInterval(86_400)
        let form = try Self.form(expiresAt: tomorrow.addingTimeInterval(900))
        let post = PresignedPost.sign(form, to: try Self.endpoint(), with: Example.signer(), at: tomorrow)
        let fresh = PresignedPost.sign(form, to: try Self.endpoint(), with: Example.signer(at: tomorrow), at: tomorrow)
        #expect(post == fresh)
        #expect(post.fields.contains { $0.value == "AKIAIOSFODNN7EXAMPLE/20151230/us-east-1/s3/aws4_request" })
    }
}

@Suite("Endpoint")
struct S3EndpointTests {
    @Test(
        "refuses what is no endpoint",
        arguments: [
            ("s3.example.com", S3EndpointError.missingScheme), ("ftp://s3.example.com", .missingScheme),
            ("https://", .missingHost), ("https:///path", .missingHost), ("https://:443", .missingHost),
            ("https://user@host", .invalidCharacter), ("https://host/?a", .invalidCharacter),
            ("https://host#f", .invalidCharacter), ("https://ho st", .invalidCharacter),
            ("https://h\u{F6}st", .invalidCharacter), ("https://host\\x", .invalidCharacter),
        ])
    func refuses(_ url: String, _ error: S3EndpointError) {
        #expect(throws: error) { try S3Endpoint(url: url, bucket: "b", style: .path) }
    }

    /// botocore 1.43.11 gives the same URLs for forms.
    @Test(
        "builds URLs in both styles",
        arguments: [
            (
                "https://s3.example.com/storage/", S3Endpoint.Style.path, "https://s3.example.com/storage/b",
                "https://s3.example.com/storage/b/a/%C3%A9%201.png", "s3.example.com"
            ),
            (
                "https://S3.Example.com:443", .path, "https://s3.example.com/b",
                "https://s3.example.com/b/a/%C3%A9%201.png",
                "s3.example.com"
            ),
            (
                "http://127.0.0.1:8080/storage", .path, "http://127.0.0.1:8080/storage/b",
                "http://127.0.0.1:8080/storage/b/a/%C3%A9%201.png", "127.0.0.1:8080"
            ),
            (
                "https://s3.eu-central-1.amazonaws.com", .virtualHosted, "https://b.s3.eu-central-1.amazonaws.com/",
                "https://b.s3.eu-central-1.amazonaws.com/a/%C3%A9%201.png", "b.s3.eu-central-1.amazonaws.com"
            ),
            (
                "http://localhost:80/x", .virtualHosted, "http://b.localhost/x/",
                "http://b.localhost/x/a/%C3%A9%201.png",
                "b.localhost"
            ),
        ])
    func urls(
        _ url: String, _ style: S3Endpoint.Style, _ form: String, _ object: String, _ host: String
    ) throws {
        let endpoint = try S3Endpoint(url: url, bucket: "b", style: style)
        #expect(endpoint.formURL == form)
        #expect(endpoint.objectURL(try #require(ObjectKey("a/é 1.png"))) == object)
        #expect(endpoint.host == host)
    }
}
