import Testing

@testable import TollgateCore

struct ObjectKeyTests {
    @Test(
        "refuses a prefix that could match another's or leave its place",
        arguments: [
            "/", "/a", "a//b", "a//", "../a", "a/./b", "a/..", "a b", "ä", "a\n", "a%2F", "a/\u{0338}b", "a\\b",
        ])
    func refusesPrefix(_ text: String) {
        #expect(ObjectKeyPrefix(text) == nil)
        #expect(ObjectKeyPrefix(String(repeating: "a", count: 512)) == nil)
    }

    @Test("ends every prefix in a slash", arguments: [("", ""), ("a", "a/"), ("a/", "a/"), ("a/b.c", "a/b.c/")])
    func endsInSlash(text: String, expected: String) {
        #expect(ObjectKeyPrefix(text)?.rawValue == expected)
    }

    @Test(
        "is prefix, slug, id and extension",
        arguments: [
            ("", "png", "acme/0198c0de-0000-7000-8000-00000000abcd.png"),
            ("", nil, "acme/0198c0de-0000-7000-8000-00000000abcd"),
            ("eu/prod", "gz", "eu/prod/acme/0198c0de-0000-7000-8000-00000000abcd.gz"),
        ])
    func isMade(prefix: String, suffix: String?, expected: String) throws {
        let (prefix, slug) = (try #require(ObjectKeyPrefix(prefix)), try #require(Slug("acme")))
        let key = ObjectKey.make(
            prefix: prefix, slug: slug, uploadID: try #require(UploadID("0198C0DE-0000-7000-8000-00000000ABCD")),
            extension: suffix.flatMap { FileExtension($0) })
        #expect(key.rawValue == expected)
        #expect(ObjectKey(key.rawValue) == key)
        #expect(key.rawValue.hasPrefix(prefix.of(slug).rawValue))
    }
}

struct ChecksumSHA256Tests {
    @Test(
        "refuses all but the one base64 form of 32 bytes",
        arguments: [
            "", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ", "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
            "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCR=", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=-2",
            "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLm\nQ=", " PJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        ])
    func refuses(_ text: String) {
        #expect(ChecksumSHA256(base64: text) == nil)
    }

    @Test("reads and writes base64")
    func reads() throws {
        let text = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
        let checksum = try #require(ChecksumSHA256(base64: text))
        #expect(checksum.bytes.prefix(4) == [0x2C, 0xF2, 0x4D, 0xBA])
        #expect(checksum.base64 == text)
        #expect(ChecksumSHA256(bytes: checksum.bytes) == checksum)
        #expect(ChecksumSHA256(bytes: checksum.bytes.dropLast()) == nil)
    }
}

struct MetadataTests {
    @Test("refuses more than 2 KiB of UTF-8, names and values together")
    func refusesTooMuch() throws {
        let full = ["n": String(repeating: "é", count: 1_023), "x": ""]
        #expect(try Metadata(full).entries.count == 2)
        #expect(throws: MetadataProblem.tooLarge(bytes: 2_049)) {
            try Metadata(full.merging(["x": "1"]) { $1 })
        }
    }

    @Test("refuses empty names and what a database cannot hold")
    func refusesNames() {
        #expect(throws: MetadataProblem.emptyName) { try Metadata(["": "x"]) }
        #expect(throws: MetadataProblem.controlCharacter) { try Metadata(["a\n": "x"]) }
        #expect(throws: MetadataProblem.controlCharacter) { try Metadata(["a": "x\u{0}"]) }
    }

    @Test("is ordered by name and keeps line breaks in values")
    func isOrdered() throws {
        let metadata = try Metadata(["b": "2", "a": "1\n1", "c": ""])
        #expect(metadata.entries.map(\.name) == ["a", "b", "c"])
        #expect(metadata["a"] == "1\n1")
        #expect(metadata["z"] == nil)
        #expect(metadata.dictionary == ["b": "2", "a": "1\n1", "c": ""])
    }
}
