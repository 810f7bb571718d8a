import Foundation
import Testing

@testable import TollgateCore

@Suite("Policy document, as it is built")
struct PostPolicyTests {
    @Test("an empty one is still a document")
    func empty() {
        #expect(
            String(decoding: PostPolicy(expiresAt: Example.now).document, as: UTF8.self)
                == "{\"expiration\": \"2015-12-29T00:00:00Z\", \"conditions\": []}")
    }

    /// `json.dumps` of Python 3.11 for the same structure.
    @Test("is what json.dumps writes, escapes included")
    func bytesOfJSONDumps() {
        var policy = PostPolicy(expiresAt: Example.now.addingTimeInterval(0.999))
        policy.require("x-amz-meta-note", equals: "Grüße \"x\"\\ 😀\u{7F}\t/\u{0}\u{8}\r\n\u{C}\u{1F}")
        policy.require("key", startsWith: "user/")
        policy.requireLength(0...Int64.max)
        let expected =
            #"{"expiration": "2015-12-29T00:00:00Z", "conditions": [{"x-amz-meta-note": "Gr\u00fc\u00dfe \"x\"\\ "#
            + #"\ud83d\ude00\u007f\t/\u0000\b\r\n\f\u001f"}, ["starts-with", "$key", "user/"], "#
            + #"["content-length-range", 0, 9223372036854775807]]}"#
        #expect(String(decoding: policy.document, as: UTF8.self) == expected)
        #expect(Base64.decode(policy.base64) == Array(expected.utf8))
    }

    /// botocore 1.43.11, `generate_presigned_post("sigv4examplebucket", "user/user1/photo.jpg")`, s3v4, clock frozen.
    @Test("signs as botocore does")
    func botocoreVector() {
        let key = Example.signer().key(day: "20151229")
        var policy = PostPolicy(expiresAt: Example.now.addingTimeInterval(3_600))
        policy.require("bucket", equals: "sigv4examplebucket")
        policy.require("key", equals: "user/user1/photo.jpg")
        policy.require("x-amz-algorithm", equals: "AWS4-HMAC-SHA256")
        policy.require("x-amz-credential", equals: "AKIAIOSFODNN7EXAMPLE/\(key.scope.text)")
        policy.require("x-amz-date", equals: "20151229T000000Z")
        #expect(
            key.signature(of: policy.base64) == "3364624b39010d9b06f5d9b8c9a18a6e478d261c048159c92f2fd6fa885f14e6")
    }
}
