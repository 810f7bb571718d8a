import Foundation
import Testing

@testable import TollgateCore

/// Amazon S3 API Reference, "Example: Browser-Based Upload using HTTP POST" (sigv4-post-example).
@Suite("AWS's own form")
struct AWSFormExampleTests {
    /// The page's policy; its Base64 was made of lines that end in CR LF, 648 bytes in all.
    private static let policy = [
        #"{ "expiration": "2015-12-30T12:00:00.000Z","#, #"  "conditions": ["#,
        #"    {"bucket": "sigv4examplebucket"},"#, #"    ["starts-with", "$key", "user/user1/"],"#,
        #"    {"acl": "public-read"},"#,
        #"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
        #"    ["starts-with", "$Content-Type", "image/"],"#, #"    {"x-amz-meta-uuid": "14365123651274"},"#,
        #"    {"x-amz-server-side-encryption": "AES256"},"#, #"    ["starts-with", "$x-amz-meta-tag", ""],"#, "",
        #"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
        #"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#, #"    {"x-amz-date": "20151229T000000Z" }"#, "  ]", "}",
    ].joined(separator: "\r\n")

    private static func form(contentType: String = "image/jpeg") -> PostForm {
        PostForm(
            fields: [
                .init(name: "key", value: "user/user1/${filename}"), .init(name: "acl", value: "public-read"),
                .init(
                    name: "success_action_redirect",
                    value: "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
                .init(name: "Content-Type", value: contentType),
                .init(name: "x-amz-meta-uuid", value: "14365123651274"),
                .init(name: "x-amz-server-side-encryption", value: "AES256"),
                .init(name: "X-Amz-Credential", value: "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
                .init(name: "X-Amz-Algorithm", value: "AWS4-HMAC-SHA256"),
                .init(name: "X-Amz-Date", value: "20151229T000000Z"), .init(name: "x-amz-meta-tag", value: ""),
                .init(name: "Policy", value: Base64.encode(Array(policy.utf8))),
                .init(
                    name: "X-Amz-Signature", value: "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"),
            ], filename: "photo.jpg")
    }

    @Test("has a policy of the published length")
    func length() {
        #expect(Self.policy.utf8.count == 648)
    }

    @Test("is refused with another Content-Type")
    func otherType() {
        let refusal = Example.refusal { () throws(S3Error) in
            try Example.judge(bucket: "sigv4examplebucket").judge(Self.form(contentType: "text/html"), at: Example.now)
        }
        #expect(
            refusal?.message.hasSuffix(#"Policy Condition failed: ["starts-with", "$Content-Type", "image/"]"#) == true)
    }

    @Test("is accepted, and leads where the page says")
    func accepted() throws {
        let grant = try Example.judge(bucket: "sigv4examplebucket").judge(Self.form(), at: Example.now)
        #expect(grant.key.rawValue == "user/user1/photo.jpg")
        #expect(grant.contentType == "image/jpeg")
        #expect(grant.lengthRange == nil)
        #expect(
            grant.headers == [
                .init(name: "x-amz-meta-uuid", value: "14365123651274"), .init(name: "x-amz-meta-tag", value: ""),
            ])
        let answer = grant.answer(location: "https://x/y", bucket: "sigv4examplebucket", etag: "\"e\"")
        #expect(
            answer.headers.first?.value == "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"
                + "?bucket=sigv4examplebucket&key=user%2Fuser1%2Fphoto.jpg&etag=%22e%22")
    }
}
