import Foundation
import Testing

@testable import TollgateCore

@Suite("An upload token")
struct UploadTokenTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000.75)
    private static let signer = UploadTokenSigner(secret: "a secret of more than thirty-two bytes")

    private func token(
        _ uploader: String = "user-42", constraints: KeyConstraints = .none, seconds: TimeInterval = 60
    ) throws -> UploadToken {
        UploadToken(
            key: try #require(APIKeyPublicID("0123456789ab")), uploadedBy: try UploaderName(uploader),
            constraints: constraints, expiresAt: Self.now.addingTimeInterval(seconds))
    }

    @Test(
        "comes back as it was signed",
        arguments: ["user-42", "ü \"7\" / \u{1F600}", String(repeating: "é", count: 255)])
    func roundTrip(_ uploader: String) throws {
        let token = try token(
            uploader, constraints: KeyConstraints(maximumFileBytes: 5, allowedTypes: ["image/*", "text/plain"]))
        let text = try #require(Self.signer.sign(token))
        #expect(text.hasPrefix("tgt_"))
        #expect(text.utf8.allSatisfy { Base62.isDigit($0) || "_-.".utf8.contains($0) })
        #expect(Self.signer.verify(text, at: Self.now) == token)
    }

    @Test("is of its form: prefix, id of the secret, content, signature")
    func form() throws {
        let parts = try #require(Self.signer.sign(token())).split(separator: ".")
        #expect(parts.map(\.utf8.count)[0] == "tgt_".utf8.count + 6)
        #expect(parts.count == 3 && parts[2].utf8.count == 43)
        let content = try #require(Base64URL.decode(parts[1]))
        #expect(
            String(decoding: content, as: UTF8.self) == #"{"key":"0123456789ab","sub":"user-42","exp":1795000060}"#)
    }

    @Test("is refused with any one character changed")
    func tampered() throws {
        let text = Array(try #require(Self.signer.sign(token())).utf8)
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(Self.signer.verify(String(decoding: changed, as: UTF8.self), at: Self.now) == nil, "\(index)")
        }
    }

    @Test(
        "is refused in any other form",
        arguments: [
            "", "tgt_", "tgt_..", "tgt_000000..", "tgt_000000.e30.", "tg_0123456789ab_x", "TGT_000000.e30.0",
            "tgt_" + String(repeating: "a", count: 5_000),
        ])
    func otherForms(_ text: String) {
        #expect(Self.signer.verify(text, at: Self.now) == nil)
    }

    @Test("is refused with something added or left out")
    func cut() throws {
        let text = try #require(Self.signer.sign(token()))
        for other in [text + "0", text + ".", text + ".0", String(text.dropLast()), text + " ", " " + text] {
            #expect(Self.signer.verify(other, at: Self.now) == nil)
        }
    }

    @Test("holds to its last instant, which is a whole second")
    func ends() throws {
        let token = try token(seconds: 60)
        #expect(token.expiresAt == Date(timeIntervalSince1970: 1_795_000_060))
        let text = try #require(Self.signer.sign(token))
        #expect(Self.signer.verify(text, at: token.expiresAt.addingTimeInterval(-0.001)) != nil)
        #expect(Self.signer.verify(text, at: token.expiresAt) == nil)
    }

    @Test("outlives a change of the secret while the one before is known, and no longer")
    func rotation() throws {
        let text = try #require(Self.signer.sign(token()))
        let old = "a secret of more than thirty-two bytes"
        let new = "another secret of more than thirty-two bytes"
        let rotated = UploadTokenSigner(secret: new, previous: old)
        #expect(try rotated.verify(text, at: Self.now) == token())
        #expect(UploadTokenSigner(secret: new).verify(text, at: Self.now) == nil)
        let later = try #require(rotated.sign(token()))
        #expect(Self.signer.verify(later, at: Self.now) == nil)
        #expect(later != text)
    }

    @Test("that would be too long for a header is not made")
    func tooLong() throws {
        let types = (0..<100).map { "application/x-\($0)-" + String(repeating: "y", count: 40) }
        let token = try token(constraints: KeyConstraints(maximumFileBytes: nil, allowedTypes: types))
        #expect(Self.signer.sign(token) == nil)
    }

    @Test("is signed by what no print of the signer shows")
    func hidesSecret() {
        var dumped = ""
        dump(Self.signer, to: &dumped)
        #expect(!"\(Self.signer) \(String(reflecting: Self.signer)) \(dumped)".contains("thirty-two"))
        #expect(!dumped.contains(String(UInt8(ascii: "s")) + "\n"))
    }
}

@Suite("Base64 for URLs")
struct Base64URLTests {
    @Test(
        "has the alphabet of RFC 4648, section 5, and no padding",
        arguments: [
            ([], ""), ([0xFB, 0xFF], "-_8"), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"),
        ] as [([UInt8], String)])
    func known(_ bytes: [UInt8], _ text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test("knows one text for each byte string", arguments: ["+_8", "-/8", "-_8=", "Zh", "Z", "Zm9v ", "Zm9vZ"])
    func strict(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
