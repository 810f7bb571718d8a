import Foundation
import Testing

@testable import TollgateCore

@Suite("Requests: presigned query")
struct PresignedRequestTests {
    /// The parameters of a presigned URL that a test bends; signed rightly unless told otherwise.
    private struct Draft {
        var method = "GET"
        var path = "/storage/examplebucket/a/b%20c.png"
        var further = ""
        var algorithm = "AWS4-HMAC-SHA256"
        var credential = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"
        var date = "20151229T000000Z"
        var expires = "900"
        var headers: [PostForm.Field] = [.init(name: "Host", value: "h:8080")]
        var signedHeaders = "host"
        var signature: String?

        func request() -> SignedRequest {
            var query = further
            for (name, value) in [
                ("X-Amz-Algorithm", algorithm), ("X-Amz-Credential", credential), ("X-Amz-Date", date),
                ("X-Amz-Expires", expires), ("X-Amz-SignedHeaders", signedHeaders),
            ] {
                query += "\(query.isEmpty ? "" : "&")\(name)=\(URIEncoding.encode(value, keepingSlash: false))"
            }
            let scope = CredentialScope(day: "20151229", region: "us-east-1")
            let canonical = SigV4.canonicalRequest(
                method: method, path: path, query: S3Query(raw: query).canonical,
                headers: [.init(name: "host", value: "h:8080")], payload: "UNSIGNED-PAYLOAD")
            let text = SigV4.stringToSign(canonicalRequest: canonical, date: date, scope: scope)
            let key = SigningKey(secretAccessKey: Example.credentials.secretAccessKey, scope: scope)
            query += "&X-Amz-Signature=\(signature ?? key.signature(of: text))"
            return SignedRequest(method: method, path: path, query: query, headers: headers)
        }

        func refusal(at now: Date = Example.now) -> S3Error? {
            let request = request()
            return Example.refusal { () throws(S3Error) in try Example.judge().authenticate(request, at: now) }
        }
    }

    private static let queryError = "400 AuthorizationQueryParametersError: "

    @Test("refuses a request that nobody signed")
    func anonymous() {
        let request = SignedRequest(method: "GET", path: "/b/k", query: "X-Amz-Signature=1", headers: [])
        #expect(
            Example.refusal { () throws(S3Error) in try Example.judge().authenticate(request, at: Example.now) }
                == S3Error(status: 403, code: "AccessDenied", message: "Access Denied"))
    }

    // S3's recorded answer.
    @Test(
        "names the parameters where one is missing",
        arguments: ["X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"])
    func missingParameter(_ name: String) {
        var request = Draft().request()
        request.query = request.query.split(separator: "&").filter { !$0.hasPrefix("\(name)=") }
            .joined(separator: "&")
        #expect(
            Example.refusal { () throws(S3Error) in try Example.judge().authenticate(request, at: Example.now) }?
                .summary
                == Self.queryError + "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                + "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
    }

    // S3's recorded answers.
    @Test("refuses what it cannot read, in S3's words")
    func malformed() {
        var draft = Draft()
        draft.algorithm = "AWS4-HMAC-SHA1"
        #expect(
            draft.refusal()?.summary == Self.queryError
                + "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"")
        draft = Draft()
        draft.date = "2015-12-29T00:00:00Z"
        #expect(
            draft.refusal()?.summary == Self.queryError
                + "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    }

    // S3's recorded answers.
    @Test(
        "refuses lives that are none",
        arguments: [
            ("", "X-Amz-Expires should be a number"), ("1h", "X-Amz-Expires should be a number"),
            ("1.5", "X-Amz-Expires should be a number"), ("-1", "X-Amz-Expires must be non-negative"),
            (
                "604801",
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
                    + "less than 604800 seconds"
            ),
        ])
    func expires(_ value: String, _ message: String) {
        var draft = Draft()
        draft.expires = value
        #expect(draft.refusal()?.summary == Self.queryError + message)
    }

    @Test("accepts a life of a whole week, to its last moment")
    func wholeWeek() {
        var draft = Draft()
        draft.expires = "604800"
        #expect(draft.refusal(at: Example.now.addingTimeInterval(604_799.9)) == nil)
        #expect(draft.refusal(at: Example.now.addingTimeInterval(604_800)) != nil)
    }

    // S3's recorded answer.
    @Test("refuses an expired URL, and says since when")
    func expired() {
        #expect(
            Draft().refusal(at: Example.now.addingTimeInterval(900.5))
                == S3Error(
                    status: 403, code: "AccessDenied", message: "Request has expired",
                    elements: [
                        .init("X-Amz-Expires", "900"), .init("Expires", "2015-12-29T00:15:00Z"),
                        .init("ServerTime", "2015-12-29T00:15:00Z"),
                    ]))
    }

    // S3's recorded answer.
    @Test("refuses a URL from the future, a quarter of an hour apart from clocks that differ")
    func notYetValid() {
        #expect(Draft().refusal(at: Example.now.addingTimeInterval(-900)) == nil)
        #expect(
            Draft().refusal(at: Example.now.addingTimeInterval(-901))
                == S3Error(
                    status: 403, code: "AccessDenied", message: "Request is not yet valid",
                    elements: [
                        .init("X-Amz-Date", "1451347200000"), .init("Expires", "2015-12-29T00:15:00Z"),
                        .init("ServerTime", "2015-12-28T23:44:59Z"),
                    ]))
    }

    // S3's recorded answers.
    @Test(
        "refuses credentials that are none",
        arguments: [
            (
                "nonsense",
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            ),
            (
                "AKIAIOSFODNN7EXAMPLE/20151229/eu-west-1/s3/aws4_request",
                "the region 'eu-west-1' is wrong; expecting 'us-east-1'"
            ),
            (
                "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/ec2/aws4_request",
                "incorrect service \"ec2\". This endpoint belongs to \"s3\"."
            ),
            (
                "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4",
                "incorrect terminal \"aws4\". This endpoint uses \"aws4_request\"."
            ),
        ])
    func credentials(_ credential: String, _ message: String) {
        var draft = Draft()
        draft.credential = credential
        let refusal = draft.refusal()
        #expect(refusal?.summary == Self.queryError + "Error parsing the X-Amz-Credential parameter; \(message)")
        #expect(refusal?.elements == (message.contains("region") ? [.init("Region", "us-east-1")] : []))
    }

    @Test("refuses a credential of another day, an unknown key, and a token")
    func otherCredentials() {
        var draft = Draft()
        draft.credential = "AKIAIOSFODNN7EXAMPLE/20151228/us-east-1/s3/aws4_request"
        #expect(
            draft.refusal()?.summary == Self.queryError
                + "Invalid credential date \"20151228\". This date is not the same as X-Amz-Date: \"20151229\".")
        draft.credential = "AKIAUNKNOWN/20151229/us-east-1/s3/aws4_request"
        #expect(draft.refusal()?.code == "InvalidAccessKeyId")
        draft = Draft()
        draft.further = "X-Amz-Security-Token=the-token"
        #expect(draft.refusal()?.elements == [.init("Token-0", "the-token")])
    }

    // Amazon S3 API Reference, "Error responses", SignatureDoesNotMatch.
    @Test("shows both strings where the signature is wrong")
    func wrongSignature() {
        var draft = Draft()
        draft.signature = "00ff"
        let refusal = draft.refusal()
        #expect(
            refusal?.summary == "403 SignatureDoesNotMatch: The request signature we calculated does not match the "
                + "signature you provided. Check your key and signing method.")
        #expect(
            refusal?.elements.map(\.name) == [
                "AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes", "CanonicalRequest",
                "CanonicalRequestBytes",
            ])
        #expect(refusal?.elements[2].value == "00ff")
        #expect(refusal?.elements[3].value.hasPrefix("41 57 53 34 2d 48 4d 41 43") == true)
        #expect(
            refusal?.elements[4].value == """
                GET
                /storage/examplebucket/a/b%20c.png
                X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20151229%2Fus-east-1%2Fs3\
                %2Faws4_request&X-Amz-Date=20151229T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host
                host:h:8080

                host
                UNSIGNED-PAYLOAD
                """)
    }

    @Test("refuses another method, path, host, query or life than the signed one")
    func changes() {
        let changes: [@Sendable (inout SignedRequest) -> Void] = [
            { $0.method = "HEAD" }, { $0.path += "x" }, { $0.path = "/storage/examplebucket/A/b%20c.png" },
            { $0.headers = [.init(name: "Host", value: "other")] }, { $0.headers = [] }, { $0.query += "&versionId=1" },
            { $0.query = $0.query.replacing("X-Amz-Expires=900", with: "X-Amz-Expires=901") },
            { $0.query = $0.query.replacing("disposition=inline", with: "disposition=attachment") },
        ]
        for change in changes {
            var draft = Draft()
            draft.further = "response-content-disposition=inline"
            var request = draft.request()
            change(&request)
            #expect(
                Example.refusal { () throws(S3Error) in try Example.judge().authenticate(request, at: Example.now) }?
                    .code
                    == "SignatureDoesNotMatch")
        }
    }

    // Amazon S3 API Reference, "Signature Calculations for the Authorization Header": x-amz-* headers must be signed.
    @Test("refuses headers that had to be signed")
    func unsignedHeaders() {
        var draft = Draft()
        draft.headers += [.init(name: "X-Amz-Meta-A", value: "1"), .init(name: "x-amz-acl", value: "private")]
        let refusal = draft.refusal()
        #expect(
            refusal?.summary == "403 AccessDenied: There were headers present in the request which were not signed")
        #expect(refusal?.elements == [.init("HeadersNotSigned", "x-amz-meta-a, x-amz-acl")])
        draft = Draft()
        draft.signedHeaders = "range"
        #expect(draft.refusal()?.elements == [.init("HeadersNotSigned", "host")])
    }

    @Test("takes other spellings of the same path and query for the same")
    func otherSpellings() {
        var draft = Draft()
        draft.further = "response-content-disposition=attachment%3B%20x"
        let signed = draft.request()
        for (path, query) in [
            ("/storage/examplebucket/a/b c.png", signed.query),
            ("/storage/examplebucket/%61/b%20c%2Epng", signed.query),
            (signed.path, signed.query.replacing("%20x", with: "+x").replacing("%3B", with: "%3b")),
            (signed.path, signed.query.split(separator: "&").reversed().joined(separator: "&")),
        ] {
            let request = SignedRequest(method: "GET", path: path, query: query, headers: signed.headers)
            #expect(
                Example.refusal { () throws(S3Error) in try Example.judge().authenticate(request, at: Example.now) }
                    == nil)
        }
    }

    @Test("accepts what this project itself signs", arguments: [PresignedURL.Method.get, .head])
    func ownURLs(_ method: PresignedURL.Method) throws {
        for (endpoint, style) in [
            ("http://127.0.0.1:8080/storage", S3Endpoint.Style.path), ("https://s3.example.com", .virtualHosted),
        ] {
            let address = try S3Endpoint(url: endpoint, bucket: Example.bucket, style: style)
            let url = PresignedURL.sign(
                method, try #require(ObjectKey("acme/é 1+(2)'*!&=#?%.png")), at: address,
                query: [.init(name: "response-content-disposition", value: "attachment; filename=\"ü+ %.png\"")],
                expiresIn: 60, with: Example.signer(), now: Example.now)
            let parts = try #require(URLComponents(string: url.url))
            let request = SignedRequest(
                method: method.rawValue, path: parts.percentEncodedPath, query: try #require(parts.percentEncodedQuery),
                headers: [.init(name: "host", value: address.host), .init(name: "accept", value: "*/*")])
            try Example.judge().authenticate(request, at: Example.now)
        }
    }
}
