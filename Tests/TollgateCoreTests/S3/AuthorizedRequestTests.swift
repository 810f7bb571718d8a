import Foundation
import OpenSSL
import Testing

@testable import TollgateCore

@Suite("Requests signed with a header")
struct AuthorizedRequestTests {
    struct Case: Sendable {
        let method: String
        let resource: AuthorizedRequest.Resource
        var query: [PostForm.Field] = []
        var headers: [PostForm.Field] = []
        var payload = AuthorizedRequest.Payload.empty
        let url: String
        let signedHeaders: String
        let signature: String
    }

    /// 2013-05-24T00:00:00Z
    private static let now = Date(timeIntervalSince1970: 1_369_353_600)

    private static func object(_ key: String) throws -> AuthorizedRequest.Resource {
        .object(try #require(ObjectKey(key)))
    }

    /// Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single
    /// Chunk", "Examples: Signature Calculations".
    static func aws() throws -> [Case] {
        [
            Case(
                method: "GET", resource: try object("test.txt"), headers: [.init(name: "Range", value: "bytes=0-9")],
                url: "https://examplebucket.s3.amazonaws.com/test.txt",
                signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
                signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            Case(
                method: "PUT", resource: try object("test$file.text"),
                headers: [
                    .init(name: "Date", value: "Fri, 24 May 2013 00:00:00 GMT"),
                    .init(name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
                ], payload: .digest(SHA256.hash("Welcome to Amazon S3.")),
                url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
                signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
            Case(
                method: "GET", resource: .bucket, query: [.init(name: "lifecycle", value: "")],
                url: "https://examplebucket.s3.amazonaws.com/?lifecycle=",
                signedHeaders: "host;x-amz-content-sha256;x-amz-date",
                signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            Case(
                method: "GET", resource: .bucket,
                query: [.init(name: "max-keys", value: "2"), .init(name: "prefix", value: "J")],
                url: "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
                signedHeaders: "host;x-amz-content-sha256;x-amz-date",
                signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ]
    }

    @Test("are AWS's own for AWS's examples", arguments: try aws())
    func awsVector(_ example: Case) throws {
        let endpoint = try S3Endpoint(url: "https://s3.amazonaws.com", bucket: "examplebucket", style: .virtualHosted)
        let request = AuthorizedRequest.sign(
            example.method, example.resource, at: endpoint, query: example.query, headers: example.headers,
            payload: example.payload, with: Example.signer(at: Self.now), now: Self.now)
        #expect(request.method == example.method)
        #expect(request.url == example.url)
        #expect(
            request.headers.last?.value
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=\(example.signedHeaders),Signature=\(example.signature)")
    }

    @Test(
        "are accepted by the judge, whatever they are made of",
        arguments: [S3Endpoint.Style.path, .virtualHosted], [nil, "to/k+en="])
    func judged(_ style: S3Endpoint.Style, _ token: String?) throws {
        let endpoint = try S3Endpoint(url: "http://localhost:8080/storage", bucket: Example.bucket, style: style)
        let request = AuthorizedRequest.sign(
            "PUT", try Self.object("acme/é 1+(2)'*!.png"), at: endpoint,
            query: [.init(name: "partNumber", value: "1"), .init(name: "uploadId", value: "a/b+c= d")],
            headers: [.init(name: "X-Amz-Meta-Note", value: "  two  words "), .init(name: "content-md5", value: "x")],
            payload: .unsigned, with: Example.signer(token: token), now: Example.now)
        #expect(request.headers.contains(.init(name: "x-amz-content-sha256", value: "UNSIGNED-PAYLOAD")))
        #expect(request.headers.contains { $0.name == "x-amz-security-token" } == (token != nil))
        let target = request.url.dropFirst("http://\(endpoint.host)".count).split(separator: "?")
        let received = SignedRequest(
            method: request.method, path: String(target[0]), query: String(target[1]),
            headers: request.headers + [.init(name: "Host", value: endpoint.host)])
        // The judge knows no temporary credentials.
        guard token == nil else { return }
        let refusal = Example.refusal { () throws(S3Error) in
            try Example.judge().authenticate(received, at: Example.now)
        }
        #expect(refusal == nil)
    }

    @Test("show neither query nor headers when they are printed")
    func hidesItself() throws {
        let endpoint = try S3Endpoint(url: "https://h", bucket: Example.bucket, style: .path)
        let request = AuthorizedRequest.sign(
            "GET", .bucket, at: endpoint, query: [.init(name: "uploadId", value: "secret")],
            with: Example.signer(token: "secret"), now: Example.now)
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!"\(request) \(String(reflecting: request)) \(dumped)".contains("secret"))
    }

    @Test(
        "name the bucket in the path or in the host",
        arguments: [
            ("https://s3.example.com:443/", S3Endpoint.Style.path, "https://s3.example.com/examplebucket"),
            ("http://h:9000/a/", .path, "http://h:9000/a/examplebucket"),
            ("https://s3.amazonaws.com", .virtualHosted, "https://examplebucket.s3.amazonaws.com/"),
            ("https://h/a", .virtualHosted, "https://examplebucket.h/a/"),
        ])
    func bucketURL(_ url: String, _ style: S3Endpoint.Style, _ expected: String) throws {
        #expect(try S3Endpoint(url: url, bucket: Example.bucket, style: style).bucketURL == expected)
    }
}
