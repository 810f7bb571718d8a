import Foundation
import OpenSSL
import Testing

@testable import TollgateCore

@Suite("Presigned URL")
struct PresignedURLTests {
    /// Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters", "An Example".
    @Test("is AWS's own for AWS's example, canonical request included")
    func awsVector() throws {
        let endpoint = try S3Endpoint(
            url: "https://s3.amazonaws.com", bucket: "examplebucket", style: .virtualHosted)
        let day = Date(timeIntervalSince1970: 1_369_353_600)
        let url = PresignedURL.sign(
            .get, try #require(ObjectKey("test.txt")), at: endpoint, expiresIn: 86_400, with: Example.signer(at: day),
            now: day)
        #expect(
            url.url == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
        #expect(url.expiresAt == day.addingTimeInterval(86_400))

        let query = try #require(url.url.split(separator: "?").last).split(separator: "&X-Amz-Signature")[0]
        let canonical = SigV4.canonicalRequest(
            method: "GET", path: "/test.txt", query: String(query),
            headers: [.init(name: "host", value: "examplebucket.s3.amazonaws.com")], payload: "UNSIGNED-PAYLOAD")
        #expect(
            Hex.encode(SHA256.hash(canonical)) == "3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04")
    }

    struct Case: Sendable {
        let method: PresignedURL.Method
        let endpoint: String
        let style: S3Endpoint.Style
        let region: String
        let key: String
        var query: [PostForm.Field] = []
        let seconds: Int
        var token: String?
        let signature: String
    }

    /// botocore 1.43.11, `generate_presigned_url` for the same input, clock frozen at 2015-12-29T00:00:00Z.
    static let botocore: [Case] = [
        Case(
            method: .get, endpoint: "https://s3.example.com:443/storage", style: .path, region: "eu-central-1",
            key: "acme/é 1+(2)'*!.png",
            query: [
                .init(name: "response-content-disposition", value: "attachment; filename=\"a b.png\""),
                .init(name: "response-content-type", value: "image/png"),
            ], seconds: 900, token: "to/k+en=",
            signature: "aa409ae751c138171ec98694eb5189ab8804545b65f06136cc936d874d431517"),
        Case(
            method: .head, endpoint: "https://s3.eu-central-1.amazonaws.com", style: .virtualHosted,
            region: "eu-central-1", key: "a/b~c", seconds: 604_800,
            signature: "f149ec8e3659a6cdddb7f7dd4e2888df846073b5a38c2cdb0e1b5b8a911d8117"),
    ]

    @Test("has the signature of botocore", arguments: botocore)
    func likeBotocore(_ example: Case) throws {
        let endpoint = try S3Endpoint(url: example.endpoint, bucket: Example.bucket, style: example.style)
        let url = PresignedURL.sign(
            example.method, try #require(ObjectKey(example.key)), at: endpoint, query: example.query,
            expiresIn: example.seconds, with: Example.signer(region: example.region, token: example.token),
            now: Example.now)
        #expect(url.url.hasSuffix("&X-Amz-Signature=\(example.signature)"))
    }

    @Test(
        "lives between a second and a week, and no longer than its credentials",
        arguments: [
            (0, nil, 1), (-5, nil, 1), (60, nil, 60), (1_000_000, nil, 604_800), (60, 30.9, 30), (60, -10.0, 1),
        ] as [(Int, Double?, Int)])
    func life(_ seconds: Int, _ credentialsEndIn: Double?, _ expected: Int) throws {
        let endpoint = try S3Endpoint(url: "https://h", bucket: Example.bucket, style: .path)
        let end = credentialsEndIn.map { Example.now.addingTimeInterval($0) }
        let url = PresignedURL.sign(
            .get, try #require(ObjectKey("k")), at: endpoint, expiresIn: seconds,
            with: Example.signer(token: end.map { _ in "t" }, expiresAt: end), now: Example.now)
        #expect(url.url.contains("X-Amz-Expires=\(expected)&"))
        #expect(url.expiresAt == Example.now.addingTimeInterval(Double(expected)))
    }
}
