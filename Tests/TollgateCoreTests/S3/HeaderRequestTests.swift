import Foundation
import Testing

@testable import TollgateCore

@Suite("Requests: Authorization header")
struct HeaderRequestTests {
    /// botocore 1.43.11, S3SigV4Auth, clock frozen at 2015-12-29T00:00:00Z: a GET of the first ten bytes.
    private static let request = SignedRequest(
        method: "GET", path: "/storage/examplebucket/acme/a%20b.png", query: "versionId=null",
        headers: [
            .init(name: "Host", value: "127.0.0.1:8080"), .init(name: "Range", value: "bytes=0-9"),
            .init(name: "X-Amz-Date", value: "20151229T000000Z"),
            .init(
                name: "X-Amz-Content-SHA256",
                value: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            .init(
                name: "Authorization",
                value: "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request, "
                    + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                    + "Signature=420e3c9f9f485db0b438d4e08edb81faa38460264155371231c15aeb08892d38"),
        ])

    private static func request(_ header: String, _ value: String?) -> SignedRequest {
        var request = request
        request.headers.removeAll { $0.name == header }
        if let value { request.headers.append(.init(name: header, value: value)) }
        return request
    }

    private static func refusal(_ request: SignedRequest, at now: Date = Example.now) -> S3Error? {
        Example.refusal { () throws(S3Error) in try Example.judge().authenticate(request, at: now) }
    }

    private static let malformed = "400 AuthorizationHeaderMalformed: The authorization header is malformed; "
    private static let rest = "SignedHeaders=host, Signature=00"

    // S3's recorded answers.
    @Test(
        "refuses headers that it cannot read, in S3's words",
        arguments: [
            (
                "nonsense",
                "400 InvalidArgument: Authorization header is invalid -- one and only one ' ' (space) required"
            ),
            ("Bearer x", "400 InvalidArgument: Unsupported Authorization Type"),
            ("AWS AKIA:c2ln", "400 InvalidArgument: Unsupported Authorization Type"),
            ("AWS4-HMAC-SHA512 Credential=x, \(rest)", "400 InvalidArgument: Unsupported Authorization Type"),
            (
                "AWS4-HMAC-SHA256 \(rest)",
                malformed + "the authorization header requires three components: Credential, SignedHeaders, and "
                    + "Signature."
            ),
            (
                "AWS4-HMAC-SHA256 Credential=x, \(rest)",
                malformed + "the Credential is mal-formed; expecting "
                    + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/20151229/eu-west-1/s3/aws4_request, \(rest)",
                malformed + "the region 'eu-west-1' is wrong; expecting 'us-east-1'"
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/20151229/us-east-1/ec2/aws4_request, \(rest)",
                malformed + "incorrect service \"ec2\". This endpoint belongs to \"s3\"."
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/20151229/us-east-1/s3/aws4, \(rest)",
                malformed + "incorrect terminal \"aws4\". This endpoint uses \"aws4_request\"."
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/20151228/us-east-1/s3/aws4_request, \(rest)",
                malformed + "Invalid credential date. Date is not the same as X-Amz-Date."
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/20151229/us-east-1/s3/aws4_request, \(rest)",
                "403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records."
            ),
        ])
    func malformedHeader(_ authorization: String, _ summary: String) {
        let refusal = Self.refusal(Self.request("Authorization", authorization))
        #expect(refusal?.summary == summary)
        if summary.contains("region '") { #expect(refusal?.elements == [.init("Region", "us-east-1")]) }
    }

    // S3's recorded answer.
    @Test("refuses a header beside a presigned query")
    func twoMechanisms() {
        var request = Self.request
        request.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        let refusal = Self.refusal(request)
        #expect(
            refusal?.summary == "400 InvalidArgument: Only one auth mechanism allowed; only the X-Amz-Algorithm query "
                + "parameter, Signature query string parameter or the Authorization header should be specified")
        #expect(refusal?.elements.first == .init("ArgumentName", "Authorization"))
    }

    // S3's recorded answer.
    @Test("wants a date", arguments: [nil, "", "Tue, 29 Dec 2015 00:00:00 GMT", "20151229"])
    func date(_ value: String?) {
        #expect(
            Self.refusal(Self.request("X-Amz-Date", value))?.summary
                == "403 AccessDenied: AWS authentication requires a valid Date or x-amz-date header")
    }

    // Amazon S3 API Reference, "Error responses", RequestTimeTooSkewed: 15 minutes.
    @Test("refuses clocks that are more than a quarter of an hour off", arguments: [-900.5, 900.5])
    func skew(_ offset: Double) {
        let now = Example.now.addingTimeInterval(offset)
        #expect(
            Self.refusal(Self.request, at: now)
                == S3Error(
                    status: 403, code: "RequestTimeTooSkewed",
                    message: "The difference between the request time and the current time is too large.",
                    elements: [
                        .init("RequestTime", "20151229T000000Z"), .init("ServerTime", RFC3339.formatSeconds(now)),
                        .init("MaxAllowedSkewMilliseconds", "900000"),
                    ]))
        #expect(Self.refusal(Self.request, at: Example.now.addingTimeInterval(offset < 0 ? -900 : 900)) == nil)
    }

    // Amazon S3 API Reference, "Signature Calculations for the Authorization Header": "The x-amz-content-sha256
    // header is required for all AWS Signature Version 4 requests."
    @Test(
        "wants a digest of the body",
        arguments: [
            (nil, "400 InvalidRequest: Missing required header for this request: x-amz-content-sha256"),
            ("", "400 InvalidArgument: x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value."),
            ("E3B0", "400 InvalidArgument: x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value."),
        ] as [(String?, String)])
    func payload(_ value: String?, _ summary: String) {
        #expect(Self.refusal(Self.request("X-Amz-Content-SHA256", value))?.summary == summary)
    }

    @Test("refuses another method, path, query or signed header, and a signature of another digest")
    func changes() {
        let changes: [@Sendable (inout SignedRequest) -> Void] = [
            { $0.method = "HEAD" }, { $0.path += "x" }, { $0.query = "versionId=1" }, { $0.query = "" },
            { $0.headers[0] = .init(name: "Host", value: "127.0.0.1:8081") },
            { $0.headers[1] = .init(name: "Range", value: "bytes=0-10") }, { $0.headers.remove(at: 1) },
            { $0.headers[2] = .init(name: "X-Amz-Date", value: "20151229T000001Z") },
            { $0.headers[3] = .init(name: "X-Amz-Content-SHA256", value: "UNSIGNED-PAYLOAD") },
        ]
        for change in changes {
            var request = Self.request
            change(&request)
            #expect(Self.refusal(request)?.code == "SignatureDoesNotMatch")
        }
    }

    /// Signs a request as a client would, for the cases that botocore does not make.
    private static func signed(payload: String, further: [PostForm.Field] = []) -> SignedRequest {
        let headers =
            [
                PostForm.Field(name: "host", value: "h"), .init(name: "x-amz-content-sha256", value: payload),
                .init(name: "x-amz-date", value: "20151229T000000Z"),
            ] + further
        let scope = CredentialScope(day: "20151229", region: "us-east-1")
        let text = SigV4.stringToSign(
            canonicalRequest: SigV4.canonicalRequest(
                method: "GET", path: "/b/k", query: "", headers: headers, payload: payload),
            date: "20151229T000000Z", scope: scope)
        let signature = SigningKey(secretAccessKey: Example.credentials.secretAccessKey, scope: scope)
            .signature(of: text)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/\(scope.text),"
            + "SignedHeaders=\(headers.map(\.name).joined(separator: ";")),Signature=\(signature)"
        return SignedRequest(
            method: "GET", path: "/b/k", query: "",
            headers: headers + [.init(name: "authorization", value: authorization)])
    }

    // Amazon S3 API Reference, "Error responses", XAmzContentSHA256Mismatch.
    @Test("refuses the digest of a body that these requests cannot have")
    func payloadMismatch() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(
            Self.refusal(Self.signed(payload: digest))
                == S3Error(
                    status: 400, code: "XAmzContentSHA256Mismatch",
                    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
                    elements: [
                        .init("ClientComputedContentSHA256", digest),
                        .init("S3ComputedContentSHA256", SigV4.emptyPayload),
                    ]))
    }

    @Test("refuses x-amz-* headers that were added after signing, and tokens")
    func addedHeaders() {
        var request = Self.signed(payload: "UNSIGNED-PAYLOAD")
        request.headers.append(.init(name: "X-Amz-Acl", value: "public-read"))
        #expect(Self.refusal(request)?.elements == [.init("HeadersNotSigned", "x-amz-acl")])
        let token = PostForm.Field(name: "x-amz-security-token", value: "t")
        #expect(Self.refusal(Self.signed(payload: "UNSIGNED-PAYLOAD", further: [token]))?.code == "InvalidToken")
    }

    @Test("accepts what botocore signs, and what is signed without a digest or without spaces")
    func accepts() {
        #expect(Self.refusal(Self.request) == nil)
        #expect(Self.refusal(Self.signed(payload: "UNSIGNED-PAYLOAD")) == nil)
        #expect(Self.refusal(Self.signed(payload: SigV4.emptyPayload)) == nil)
    }

    // Amazon S3 API Reference, "Signature Calculations for the Authorization Header", Trim().
    @Test("trims header values and joins repeated ones as clients do")
    func canonicalHeaders() {
        var request = Self.signed(
            payload: "UNSIGNED-PAYLOAD", further: [.init(name: "x-amz-meta-a", value: "one two,three")])
        request.headers.removeAll { $0.name == "x-amz-meta-a" }
        request.headers.append(.init(name: "X-Amz-Meta-A", value: "  one   two "))
        request.headers.append(.init(name: "x-amz-meta-a", value: "three"))
        #expect(Self.refusal(request) == nil)
    }
}
