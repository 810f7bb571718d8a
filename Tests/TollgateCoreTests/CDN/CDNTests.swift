import Foundation
import OpenSSL
import TestSupport
import Testing

@testable import TollgateCore

@Suite("Links to a CDN")
struct CDNTests {
    static let query = [
        PostForm.Field(name: "response-content-type", value: "image/png"),
        .init(name: "response-content-disposition", value: "inline; filename=\"a.png\""),
    ]
    static let object = "https://cdn.example.com/acme/%C3%A9%201.png"
    static let objectWithQuery =
        object + "?response-content-disposition=inline%3B%20filename%3D%22a.png%22"
        + "&response-content-type=image%2Fpng"

    /// `openssl dgst -sha1 -sign key.pem policy | base64 -w0 | tr '+=/' '-_~'` over the canned policy below.
    static let signature =
        "Bla9xyo-YgEr57E1CCZATLWPXlHO24ka9G0xwVF3RjzZGe8X5OzOYuXHyQuiD2POAOTD1pJZNP6TIlaIV9ikzuPj"
        + "r4-UfQn3SDWtsMhJexZADrQi5cctOKTj80Jp28IHSvKvRoI9RvxYbs50i~OJG3XXWv2Y28kvInU~dO7XIYHaeoy~"
        + "6GijkH3U-uo7vaPMxDFqOERL9v-0eAMHUUr7dx-kHdWT96rAZ40-1QO2b4fe6~4MsKJJu-K3yMeFI-HbOSQisBsS"
        + "72wKu1Ay8i57frzCvwvZgXYdwcfH8J9TR6C2ad-3PTC9cyY0h017UHxw~QdyFisCXe3AsxZ7TKRfWA__"

    private func link(_ signer: CloudFrontSigner?, query: [PostForm.Field] = query) throws -> CDNLink {
        try CDN(url: "https://cdn.example.com", signer: signer).link(
            to: try #require(ObjectKey("acme/é 1.png")), query: query, expiresIn: 900,
            now: Example.now.addingTimeInterval(0.7))
    }

    private func signer(_ keyPairID: String = "K2JCJMDEHXQW5F") throws -> CloudFrontSigner {
        CloudFrontSigner(keyPairID: keyPairID, key: try RSASigningKey(pem: Array(TestKey.rsa.utf8)))
    }

    @Test("is the bare URL without a key pair, and does not end")
    func unsigned() throws {
        #expect(try link(nil) == CDNLink(url: Self.object, expiresAt: nil))
    }

    @Test("carries CloudFront's signature of its canned policy, the query signed with it")
    func signed() throws {
        let link = try link(try signer())
        #expect(
            link.url == Self.objectWithQuery + "&Expires=1451348100&Signature=\(Self.signature)"
                + "&Key-Pair-Id=K2JCJMDEHXQW5F")
        #expect(link.expiresAt == Example.now.addingTimeInterval(900))
    }

    @Test("begins its query with Expires where it has no other")
    func signedWithoutQuery() throws {
        let url = try link(try signer(), query: []).url
        #expect(url.hasPrefix(Self.object + "?Expires=1451348100&Signature="))
        let signature = try #require(url.firstMatch(of: /Signature=([^&]*)/)?.output.1)
        #expect(signature.utf8.count == 344 && signature.allSatisfy { !"+=/%".contains($0) })
    }

    @Test("has the policy without any white space")
    func policy() {
        #expect(
            CloudFrontSigner.cannedPolicy(Self.object, expiresAtEpoch: 1_451_348_100)
                == "{\"Statement\":[{\"Resource\":\"\(Self.object)\","
                + "\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1451348100}}}]}")
    }
}
