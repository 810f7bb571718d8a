import TestSupport
import Testing

@testable import OpenSSL

@Suite("RSA signing key")
struct RSASigningKeyTests {
    /// `printf message | openssl dgst -sha1 -sign key.pem | xxd -p`
    static let signature =
        "93a0755caff5c23adfcc680170ec5c6079df58cf0ebc029f0a78cc781e44ce14d9aab20b029fb2d9bb7befa6"
        + "8d8a063563d2fab465e23527a8a1bdeaf5acf23edb97529775788d1019c6d09f11bce1a0536e417df58e1566"
        + "197437b313b1d02b09eb014e1df58417e85f117f86871a58d9044653e44a77cbcf3e3336becd9002e91340ab"
        + "6dda0b44ddce677cf94b9ec4758d8f276bf95c185c1af57aa352a837b1fe8f8792e1d716019ceef6b4a549e6"
        + "d497051480932b36e2a1bc548c00f33c673e29b1b18a0c596929d64e0c78c939d666b575df133f87940fe813"
        + "975e6c0da821f947d1150b40c6773788ec0a0008cd4decbac9d35695fa43d9001f462e87"

    @Test("signs as the openssl command does, from either PEM", arguments: [TestKey.rsa, TestKey.rsaPKCS1])
    func vector(_ pem: String) throws {
        let key = try RSASigningKey(pem: Array(pem.utf8))
        #expect(Hex.encode(try key.sign(Array("message".utf8), .sha1)) == Self.signature)
        // Whatever stands around the block, as openssl itself writes it, is passed over.
        let wrapped = try RSASigningKey(pem: Array("Bag Attributes\n\(pem)\n\n".utf8))
        #expect(Hex.encode(try wrapped.sign(Array("message".utf8), .sha1)) == Self.signature)
    }

    @Test("signs from many tasks at once")
    func concurrent() async throws {
        let key = try RSASigningKey(pem: Array(TestKey.rsa.utf8))
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<32 {
                group.addTask { Hex.encode(try key.sign(Array("message".utf8), .sha1)) }
            }
            for try await signature in group { #expect(signature == Self.signature) }
        }
    }

    @Test(
        "refuses what is no private key, or asks for a passphrase",
        arguments: ["", "hello", TestKey.publicHalf, TestKey.encrypted, String(TestKey.rsa.dropLast(400))])
    func notAKey(_ pem: String) throws {
        let error = try #require(throws: RSASigningKeyError.self) { try RSASigningKey(pem: Array(pem.utf8)) }
        guard case .notAPrivateKey = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("refuses other algorithms and short keys")
    func otherKeys() throws {
        let curve = try #require(throws: RSASigningKeyError.self) {
            try RSASigningKey(pem: Array(TestKey.ellipticCurve.utf8))
        }
        guard case .notRSA = curve else {
            Issue.record("\(curve)")
            return
        }
        let short = try #require(throws: RSASigningKeyError.self) { try RSASigningKey(pem: Array(TestKey.short.utf8)) }
        guard case .tooShort(bits: 1_024) = short else {
            Issue.record("\(short)")
            return
        }
    }

    @Test("never shows")
    func hidden() throws {
        let key = try RSASigningKey(pem: Array(TestKey.rsa.utf8))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key) \(String(reflecting: key))" == "RSASigningKey RSASigningKey")
        #expect(!dumped.contains("0x"), "\(dumped)")
    }
}
