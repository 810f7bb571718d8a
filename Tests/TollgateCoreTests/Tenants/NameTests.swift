import Testing

@testable import TollgateCore

struct SlugTests {
    @Test(
        "refuses what could leave its prefix or confuse two tenants",
        arguments: [
            "", "a", "ab", "-abc", "abc-", "ABC", "a/c", "a.c", "a c", "abc\n", "äbc", "a_c", "..", "a%2fc",
            String(repeating: "a", count: 41), "abc\u{0338}",
        ])
    func refuses(_ text: String) {
        #expect(Slug(text) == nil)
    }

    @Test("accepts 3 to 40 characters", arguments: ["abc", "a-b", "0-9", "a--b", String(repeating: "a", count: 40)])
    func accepts(_ text: String) {
        #expect(Slug(text)?.rawValue == text)
    }
}

struct PlainTextTests {
    @Test(
        "refuses control characters and those that reorder text",
        arguments: [
            "\u{0}", "\t", "\n", "\r\n", "\u{1F}", "\u{7F}", "\u{80}", "\u{85}", "\u{9F}", "\u{2028}", "\u{2029}",
            "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}",
        ])
    func refusesControls(_ character: String) {
        #expect(throws: PlainTextProblem.controlCharacter) { try TenantName("a\(character)b") }
        #expect(throws: PlainTextProblem.controlCharacter) { try APIKeyName(character) }
        #expect(throws: PlainTextProblem.controlCharacter) { try UploaderName("a" + character) }
    }

    @Test("refuses nothing and too much, counted in Unicode scalars")
    func refusesLengths() {
        #expect(throws: PlainTextProblem.empty) { try TenantName("") }
        #expect(throws: PlainTextProblem.tooLong(maximumCharacters: 255)) {
            try TenantName(String(repeating: "é", count: 256))
        }
        // One character to Swift, 256 to everyone else.
        #expect(throws: PlainTextProblem.tooLong(maximumCharacters: 255)) {
            try TenantName("e" + String(repeating: "\u{301}", count: 255))
        }
    }

    @Test(
        "accepts every language",
        arguments: [
            "a", " ", "Größe & Söhne", "株式会社", "حساب\u{200F}", "👩‍👩‍👧", String(repeating: "é", count: 255),
        ])
    func accepts(_ text: String) throws {
        #expect(try TenantName(text).rawValue == text)
    }
}
