import Testing

@testable import OpenSSL

/// FIPS 180-4 (NIST CSRC examples "SHA256" and "SHA1") and RFC 1321, appendix A.5.
@Suite("Digests")
struct DigestTests {
    private static let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

    @Test(
        "give the published digests",
        arguments: [
            (DigestAlgorithm.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (.sha256, twoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
            (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (.sha1, twoBlocks, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
            (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
            (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ])
    func publishedDigests(_ algorithm: DigestAlgorithm, _ text: String, _ expected: String) throws {
        let bytes = Array(text.utf8)
        let whole = try bytes.withUnsafeBytes { try Digest.of($0, algorithm) }
        #expect(Hex.encode(whole) == expected)
        #expect(whole.count == algorithm.byteCount)

        var pieces = try Digest(algorithm)
        for byte in bytes { pieces.update([byte]) }
        #expect(Hex.encode(pieces.finish()) == expected)
    }

    @Test("give the digest of a million letters fed in uneven pieces (FIPS 180-4 example)")
    func millionLetters() throws {
        var digest = try Digest(.sha256)
        var left = 1_000_000
        var piece = 1
        while left > 0 {
            digest.update([UInt8](repeating: UInt8(ascii: "a"), count: min(piece, left)))
            left -= piece
            piece = piece * 2 + 1
        }
        #expect(Hex.encode(digest.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("agree between SHA256.hash of text and of bytes")
    func convenience() {
        #expect(SHA256.hash("abc") == SHA256.hash(Array("abc".utf8)))
        #expect(Hex.encode(SHA256.hash([])).hasPrefix("e3b0c442"))
    }
}
