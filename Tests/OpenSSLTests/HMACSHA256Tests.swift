import Testing

@testable import OpenSSL

/// RFC 4231, section 4.
@Suite("HMAC-SHA-256")
struct HMACSHA256Tests {
    struct Vector: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let expected: String
    }

    static let vectors: [Vector] = [
        Vector(
            key: [UInt8](repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
            expected: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            expected: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            key: [UInt8](repeating: 0xaa, count: 20), message: [UInt8](repeating: 0xdd, count: 50),
            expected: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            key: [UInt8](repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            expected: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ]

    @Test("gives the published codes", arguments: vectors)
    func publishedCodes(_ vector: Vector) {
        #expect(Hex.encode(HMACSHA256.authenticate(vector.message, key: vector.key)) == vector.expected)
    }

    @Test(
        "a prepared key gives the same tags, again and again",
        arguments: ["", "Hi There", String(repeating: "é", count: 500)])
    func preparedKey(_ message: String) throws {
        for key in [[], Self.vectors[0].key, [UInt8](repeating: 0xaa, count: 131)] {
            let prepared = try HMACSHA256.PreparedKey(key)
            let expected = HMACSHA256.authenticate(message, key: key)
            #expect(prepared.authenticate(message).bytes == expected)
            #expect(prepared.authenticate(message + "x") != prepared.authenticate(message))
            #expect(prepared.authenticate(message).bytes == expected)
        }
    }

    /// HMAC(3) would take a null key for "the key of the call before".
    @Test("takes an empty key as an empty key, whatever was used before")
    func emptyKey() {
        _ = HMACSHA256.authenticate("x", key: [1, 2, 3])
        let code = Hex.encode(HMACSHA256.authenticate("", key: []))
        #expect(code == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}
