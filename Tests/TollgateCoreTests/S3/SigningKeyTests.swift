import Foundation
import Testing

@testable import TollgateCore

@Suite("Signing keys and credentials")
struct SigningKeyTests {
    /// Amazon S3 API Reference, "Example: Browser-Based Upload using HTTP POST" (sigv4-post-example).
    @Test("the key of AWS's example is the published one")
    func publishedKey() {
        let key = SigningKey(
            secretAccessKey: Example.credentials.secretAccessKey,
            scope: CredentialScope(day: "20151229", region: "us-east-1"))
        #expect(key.hexadecimal == "cbcef1ebeaefc82cce6530b9f0a9ae598846065f5c5bae0674bd5ebc4ba52d28")
        #expect(key.scope.text == "20151229/us-east-1/s3/aws4_request")
    }

    @Test("a signer signs rightly on every day, and keeps its key as long as the day lasts")
    func renewal() {
        let signer = Example.signer()
        let lateEvening = Example.now.addingTimeInterval(86_399.999)
        let midnight = Example.now.addingTimeInterval(86_400)
        let fresh = Example.signer(at: midnight)
        #expect(signer.key(day: "20151230").signature(of: "x") == fresh.key(day: "20151230").signature(of: "x"))
        #expect(signer.key(day: "20151229").signature(of: "x") != fresh.key(day: "20151230").signature(of: "x"))
        #expect(signer.renewed(at: lateEvening).key(day: "20151229").scope.day == "20151229")
        #expect(CredentialScope(at: lateEvening, region: "r").day == "20151229")
        #expect(CredentialScope(at: midnight, region: "r").day == "20151230")
        #expect(
            signer.renewed(at: midnight).key(day: "20151230").signature(of: "x")
                == fresh.key(day: "20151230").signature(of: "x"))
    }

    @Test("neither descriptions nor dumps show a secret")
    func secretsStayHidden() {
        let credentials = S3Credentials(
            accessKeyID: "AKID", secretAccessKey: "very-secret", sessionToken: "also-secret")
        let signer = S3Signer(credentials: credentials, region: "us-east-1", at: Example.now)
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(signer, to: &dumped)
        let shown =
            "\(credentials) \(String(reflecting: credentials)) \(signer) \(String(reflecting: signer)) \(dumped)"
        #expect(!shown.contains("secret"))
        #expect(shown.contains("AKID"))
        let key = SigningKey(secretAccessKey: "very-secret", scope: CredentialScope(day: "20151229", region: "r"))
        dumped = ""
        dump(key, to: &dumped)
        #expect(!"\(key)\(String(reflecting: key))\(dumped)".contains(key.hexadecimal))
        #expect(!dumped.contains("bytes"))
    }
}

@Suite("Percent-encoding")
struct URIEncodingTests {
    /// Amazon S3 API Reference, "Signature Calculations for the Authorization Header", UriEncode().
    @Test(
        "encodes all but unreserved characters, with capital digits",
        arguments: [
            ("AZaz09-._~", "AZaz09-._~"), (" ", "%20"),
            ("+*'()!@,;=&?#%", "%2B%2A%27%28%29%21%40%2C%3B%3D%26%3F%23%25"),
            ("é😀", "%C3%A9%F0%9F%98%80"), ("\u{0}\u{7F}", "%00%7F"),
        ])
    func encodes(_ text: String, _ expected: String) {
        #expect(URIEncoding.encode(text, keepingSlash: true) == expected)
        #expect(URIEncoding.decode(expected, plusIsSpace: false) == Array(text.utf8))
    }

    @Test("keeps slashes in paths alone")
    func slashes() {
        #expect(URIEncoding.encode("a/b", keepingSlash: true) == "a/b")
        #expect(URIEncoding.encode("a/b", keepingSlash: false) == "a%2Fb")
    }

    @Test("decodes what is no escape as it stands", arguments: ["%", "%4", "%zz", "100%", "%%"])
    func brokenEscapes(_ text: String) {
        #expect(URIEncoding.decode(text, plusIsSpace: true) == Array(text.utf8))
    }

    @Test("sorts a query by encoded name and value, and fills in missing equals signs")
    func canonicalQuery() {
        #expect(S3Query(raw: "b=2&a=%7e&B=1&a=&acl&x=1+2&&y=a=b").canonical == "B=1&a=&a=~&acl=&b=2&x=1%202&y=a%3Db")
    }
}
