import OpenSSL
import TestSupport
import Testing

@testable import TollgateCore

struct APIKeyTests {
    /// Made apart from this code, with Python's zlib.crc32.
    static let known = [
        "tg_000000000000_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sn05",
        "tg_AbCdEfGhIjKl_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp14YNeAS",
    ]

    static let misshapen = [
        "", "tg_", "tg_000000000000_", known[0] + "0", String(known[0].dropLast()), " " + known[0].dropLast(),
        "TG_000000000000_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sn05",
        "tg-000000000000_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sn05",
        "tg_000000000000-003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sn05",
        "tg_00000000000__003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sn05",
        "tg_000000000000_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sn0\n",
        "tg_000000000000_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf28sné",
    ]

    @Test("refuses another shape", arguments: misshapen)
    func refusesShape(_ text: String) {
        #expect(throws: APIKeyProblem.shape) { try APIKey(parsing: text) }
    }

    @Test("refuses every single wrong character by the checksum")
    func refusesTypingMistakes() {
        for key in Self.known {
            for (offset, character) in key.enumerated() where character != "_" && offset > 2 {
                let mistake: Character = character == "x" ? "y" : "x"
                let text = String(key.prefix(offset)) + String(mistake) + key.dropFirst(offset + 1)
                #expect(throws: APIKeyProblem.checksum) { try APIKey(parsing: text) }
            }
        }
    }

    @Test("reads keys made elsewhere", arguments: known)
    func reads(_ text: String) throws {
        let key = try APIKey(parsing: text)
        #expect(key.reveal() == text)
        #expect(key.publicID.rawValue == text.dropFirst(3).prefix(12))
        #expect(key.hint == text.prefix(15))
    }

    @Test("makes keys that it reads, each another")
    func makes() throws {
        let keys = try (0..<200).map { _ in try APIKey.generate(random: RandomBytes.generate) }
        for key in keys { #expect(try APIKey(parsing: key.reveal()) == key) }
        #expect(Set(keys.map { $0.reveal() }).count == keys.count)
        #expect(Set(keys.map(\.publicID)).count == keys.count)
    }

    @Test("throws on what its source of random bytes throws")
    func throwsOn() {
        struct NoEntropy: Error {}
        #expect(throws: NoEntropy.self) { try APIKey.generate { _ throws(NoEntropy) in throw NoEntropy() } }
    }

    @Test("hides its secret from descriptions, dumps and mirrors")
    func hides() throws {
        let key = try APIKey(parsing: Self.known[0])
        var dumped = ""
        dump(["key": key], to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\([key])", "\(Optional(key) as Any)", dumped] {
            #expect(!text.contains("003aUlTJ"))
            #expect(text.contains("tg_000000000000"))
        }
    }
}

struct ChecksumTests {
    static let known: [([UInt8], UInt32)] = [
        ([], 0), (Array("123456789".utf8), 0xCBF4_3926), (Array("a".utf8), 0xE8B7_BE43),
        (Array("The quick brown fox jumps over the lazy dog".utf8), 0x414F_A339), (Array(0...255), 0x2905_8C73),
    ]

    @Test("computes the CRC-32 of zip", arguments: known)
    func computes(bytes: [UInt8], expected: UInt32) {
        #expect(CRC32.checksum(bytes) == expected)
    }
}

struct Base62Tests {
    static let known: [([UInt8], String)] = [
        ([UInt8](repeating: 0, count: 32), String(repeating: "0", count: 43)),
        ([UInt8](repeating: 255, count: 32), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"),
        (Array(0..<32), "003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf"),
        ([UInt8](repeating: 0, count: 31) + [62], String(repeating: "0", count: 41) + "10"),
    ]

    @Test("writes 32 bytes in 43 digits", arguments: known)
    func writesBytes(bytes: [UInt8], expected: String) {
        #expect(Base62.encode(bytes) == expected)
    }

    @Test(
        "writes 32 bits in 6 digits",
        arguments: [(0 as UInt32, "000000"), (61, "00000z"), (62, "000010"), (.max, "4gfFC3"), (0xCBF4_3926, "3jZRME")])
    func writesNumbers(number: UInt32, expected: String) {
        #expect(Base62.encode(number) == expected)
        #expect(Base62.encode(withUnsafeBytes(of: number.bigEndian, Array.init)) == expected)
    }

    @Test("keeps the order of numbers and gives every number its own text")
    func keepsOrder() {
        var random = SeededGenerator()
        let numbers = (0..<500).map { _ in random.bytes(32) }.sorted { $0.lexicographicallyPrecedes($1) }
        let texts = numbers.map { Base62.encode($0) }
        #expect(zip(texts, texts.dropFirst()).allSatisfy { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        #expect(texts.allSatisfy { $0.utf8.count == 43 && $0.utf8.allSatisfy(Base62.isDigit) })
    }

    @Test("throws away bytes that would make some digits likelier")
    func hasNoBias() throws {
        var source = [UInt8]([248, 255, 0, 61, 62, 247, 250, 1]).makeIterator()
        var asked: [Int] = []
        let text = Base62.digits(count: 4) { count in
            asked.append(count)
            return (0..<count).compactMap { _ in source.next() }
        }
        #expect(text == "0z0z")
        #expect(asked == [4, 2])
    }
}
