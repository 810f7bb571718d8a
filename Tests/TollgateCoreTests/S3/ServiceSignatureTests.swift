import Testing

@testable import TollgateCore

@Suite("Signature for other services")
struct ServiceSignatureTests {
    /// botocore 1.43.11 for the same request, clock frozen.
    @Test("signs for STS as botocore does")
    func likeBotocore() {
        let scope = CredentialScope(at: Example.now, region: "eu-central-1", service: "sts")
        let authorization = ServiceSignature.authorization(
            method: "POST", path: "/",
            headers: [
                .init(name: "x-amz-security-token", value: "the-token"),
                .init(name: "x-amz-date", value: "20151229T000000Z"),
                .init(name: "host", value: "sts.eu-central-1.amazonaws.com"),
                .init(name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8"),
            ], body: "Action=GetCallerIdentity&Version=2011-06-15", credentials: Example.credentials, scope: scope,
            date: "20151229T000000Z")
        #expect(
            authorization
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20151229/eu-central-1/sts/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
                + "Signature=326adea98b650c76800e15a1ec3f574a5363de7b927795153d35729c9ca1b5b3")
    }
}
