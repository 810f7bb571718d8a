import Foundation
import Testing

@testable import TollgateCore

/// Rules 2 to 5: the fields themselves, and who signed them.
@Suite("Form: fields and signature")
struct FormAuthenticationTests {
    // Rule 2. Amazon S3 API Reference, "POST Object".
    @Test("refuses a field given twice, in whatever case", arguments: ["key", "KEY", "Content-Type", "x-ignore-me"])
    func repeatedField(_ name: String) {
        var form = SignedForm().with("Content-Type", "image/png").with("x-ignore-me", "1")
        form.tamper = { $0.fields.insert(.init(name: name, value: "other"), at: 0) }
        let refusal = form.refusal()
        #expect(refusal?.status == 400)
        #expect(refusal?.code == "InvalidArgument")
        #expect(refusal?.elements.first == .init("ArgumentName", name.lowercased()))
    }

    private static func missing(_ name: String) -> S3Error {
        S3Error(
            status: 400, code: "InvalidArgument",
            message: "Bucket POST must contain a field named '\(name)'.  If it is specified, please check the order "
                + "of the fields.", elements: [.init("ArgumentName", name), .init("ArgumentValue", "")])
    }

    // Rule 3. S3's recorded answers.
    @Test(
        "names the field that is missing, in S3's spelling",
        arguments: [
            ("key", "key"), ("policy", "policy"), ("x-amz-signature", "X-Amz-Signature"),
            ("x-amz-algorithm", "X-Amz-Algorithm"), ("x-amz-credential", "X-Amz-Credential"),
            ("x-amz-date", "X-Amz-Date"),
        ])
    func missingField(_ name: String, _ shown: String) {
        var form = SignedForm()
        form.tamper = { $0.remove(name) }
        #expect(form.refusal() == Self.missing(shown))
    }

    private static let signatureFields = ["x-amz-signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date"]

    // Rule 3. S3's recorded answers: a policy alone does not make a form signed.
    @Test("refuses an anonymous form, with and without a policy", arguments: [true, false])
    func anonymous(_ keepsPolicy: Bool) {
        var form = SignedForm()
        form.tamper = { sent in
            for name in Self.signatureFields { sent.remove(name) }
            if !keepsPolicy { sent.remove("policy") }
        }
        #expect(form.refusal() == S3Error(status: 403, code: "AccessDenied", message: "Access Denied"))
    }

    @Test("asks for the key before it asks who signed")
    func keyComesFirst() {
        #expect(
            Example.refusal { () throws(S3Error) in
                try Example.judge().judge(PostForm(fields: [], filename: nil), at: Example.now)
            } == Self.missing("key"))
    }

    // Signature Version 2 is over for regions opened since 2014 (S3 User Guide, "AWS Signature Version 2 turned off").
    @Test("refuses the old signature")
    func signatureVersion2() {
        var form = SignedForm()
        form.tamper = { sent in
            for name in Self.signatureFields { sent.remove(name) }
            sent.set("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE")
            sent.set("signature", "c2ln")
        }
        #expect(
            form.refusal()?.summary == "400 InvalidRequest: The authorization mechanism you have provided is not "
                + "supported. Please use AWS4-HMAC-SHA256.")
        let strip = form.tamper
        form.tamper = { sent in
            strip(&sent)
            sent.remove("AWSAccessKeyId")
        }
        #expect(form.refusal() == Self.missing("AWSAccessKeyId"))
    }

    // Rule 4. Amazon S3 API Reference, "Error responses", InvalidAccessKeyId.
    @Test("refuses an unknown access key by its name")
    func unknownAccessKey() {
        var form = SignedForm()
        form.credential = "AKIAUNKNOWN/20151229/us-east-1/s3/aws4_request"
        #expect(
            form.refusal()
                == S3Error(
                    status: 403, code: "InvalidAccessKeyId",
                    message: "The AWS Access Key Id you provided does not exist in our records.",
                    elements: [.init("AWSAccessKeyId", "AKIAUNKNOWN")]))
    }

    // Rule 4. S3's recorded answers; the region comes before the key and the rest of the scope.
    @Test(
        "refuses a credential for another region, and says which is right",
        arguments: ["eu-west-1/s3/aws4_request", "US-EAST-1/ec2/x"])
    func wrongRegion(_ scope: String) {
        var form = SignedForm()
        form.credential = "AKIAUNKNOWN/20151229/\(scope)"
        let region = scope.prefix { $0 != "/" }
        #expect(
            form.refusal()
                == S3Error(
                    status: 400, code: "InvalidArgument",
                    message: "the region '\(region)' is wrong; expecting 'us-east-1'",
                    elements: [
                        .init("ArgumentName", "X-Amz-Credential"), .init("ArgumentValue", form.credential),
                        .init("Region", "us-east-1"),
                    ]))
    }

    // Rule 4. S3's recorded answers.
    @Test(
        "refuses credentials, dates and algorithms that are none",
        arguments: [
            (
                "x-amz-credential", "nonsense",
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            ),
            (
                "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229//s3/aws4_request",
                "a non-empty region must be provided in the credential."
            ),
            (
                "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/ec2/aws4_request",
                "incorrect service \"ec2\". This endpoint belongs to \"s3\"."
            ),
            (
                "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4",
                "incorrect terminal \"aws4\". This endpoint uses \"aws4_request\"."
            ),
            (
                "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/2015-12/us-east-1/s3/aws4_request",
                "incorrect date format \"2015-12\". This date in the credential must be in the format \"yyyyMMdd\"."
            ),
            (
                "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151228/us-east-1/s3/aws4_request",
                "Invalid credential date \"20151228\". This date is not the same as X-Amz-Date: \"20151229\"."
            ),
            ("x-amz-date", "2015-12-29T00:00:00Z", "X-Amz-Date must be formated via ISO8601 Long format"),
            ("x-amz-algorithm", "AWS4-HMAC-SHA1", "Only AWS4-HMAC-SHA256 is supported"),
        ])
    func malformedAuthentication(_ name: String, _ value: String, _ message: String) {
        var form = SignedForm()
        form.tamper = { $0.set(name, value) }
        #expect(form.refusal()?.summary == "400 InvalidArgument: \(message)")
    }

    @Test("refuses a session token, since its key pairs have none")
    func sessionToken() {
        let refusal = SignedForm().with("x-amz-security-token", "the-token").refusal()
        #expect(refusal?.summary == "400 InvalidToken: The provided token is malformed or otherwise invalid.")
        #expect(refusal?.elements == [.init("Token-0", "the-token")])
    }

    // Rule 5. Amazon S3 API Reference, "Error responses", SignatureDoesNotMatch.
    @Test("shows what it compared where the signature is wrong")
    func wrongSignature() {
        var form = SignedForm()
        form.policy = "e30="
        form.tamper = { $0.set("x-amz-signature", "0123") }
        #expect(
            form.refusal()
                == S3Error(
                    status: 403, code: "SignatureDoesNotMatch",
                    message: "The request signature we calculated does not match the signature you provided. Check "
                        + "your key and signing method.",
                    elements: [
                        .init("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"), .init("StringToSign", "e30="),
                        .init("SignatureProvided", "0123"), .init("StringToSignBytes", "65 33 30 3d"),
                    ]))
    }

    // Rule 5.
    @Test("refuses a policy that was tampered with, cut, or signed with another key")
    func tampered() throws {
        let policy = try #require(SignedForm().form().fields.first { $0.name == "policy" }?.value)
        for changed in [String(policy.dropLast()), String(policy.dropFirst(4)), policy + "\n", "", policy.lowercased()]
        {
            var form = SignedForm()
            form.tamper = { $0.set("policy", changed) }
            #expect(form.refusal()?.code == "SignatureDoesNotMatch")
        }
        var form = SignedForm()
        form.secret = "another"
        #expect(form.refusal()?.code == "SignatureDoesNotMatch")
        form = SignedForm()
        form.tamper = { sent in
            let signature = sent.fields.first { $0.name == "x-amz-signature" }?.value ?? ""
            sent.set("x-amz-signature", signature.uppercased())
        }
        #expect(form.refusal()?.code == "SignatureDoesNotMatch")
    }

    // Rule 5: the signature covers the Base64 as received, white space included.
    @Test("accepts a policy that the signer wrapped")
    func wrappedPolicy() throws {
        let policy = try #require(SignedForm().form().fields.first { $0.name == "policy" }?.value)
        var form = SignedForm()
        form.policy = " " + policy.prefix(76) + "\r\n" + policy.dropFirst(76) + "\n"
        #expect(try form.grant().key.rawValue == "a/b.png")
        form.policy = String(policy.prefix { $0 != "=" })
        #expect(try form.grant().key.rawValue == "a/b.png")
    }

    @Test("reads field names in every case")
    func namesInEveryCase() throws {
        var form = SignedForm().with("Content-Type", "text/css")
        form.tamper = { sent in
            sent.fields = sent.fields.map { .init(name: $0.name.uppercased(), value: $0.value) }
        }
        #expect(try form.grant().contentType == "text/css")
    }
}
