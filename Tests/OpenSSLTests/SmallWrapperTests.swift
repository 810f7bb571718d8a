import Testing

@testable import OpenSSL

@Suite("Hexadecimal")
struct HexTests {
    @Test("refuses what is no pair of digits", arguments: ["0", "0g", "é0", "0x00", " 00", "00 "])
    func refuses(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test("reads both cases and writes the lower one")
    func roundTrip() {
        #expect(Hex.decode("00fFAb") == [0x00, 0xff, 0xab])
        #expect(Hex.encode([0x00, 0xff, 0xab]) == "00ffab")
        #expect(Hex.decode("") == [])
        #expect(Hex.encode([]) == "")
        let all = (0...255).map(UInt8.init)
        #expect(Hex.decode(Hex.encode(all)) == all)
    }
}

@Suite("Comparison in constant time")
struct ConstantTimeTests {
    @Test("tells different bytes and lengths apart")
    func differs() {
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(!constantTimeEquals([], [0]))
    }

    @Test("knows equal bytes, none at all included")
    func equals() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEquals([UInt8](), [UInt8]()))
        #expect(constantTimeEquals("abc".utf8, Array("abc".utf8)))
    }
}

@Suite("Random bytes")
struct RandomBytesTests {
    @Test("come in the length asked for, and differ")
    func lengths() throws {
        #expect(try RandomBytes.generate(0).isEmpty)
        let first = try RandomBytes.generate(32)
        let second = try RandomBytes.generate(32)
        #expect(first.count == 32)
        #expect(first != second)
    }
}
