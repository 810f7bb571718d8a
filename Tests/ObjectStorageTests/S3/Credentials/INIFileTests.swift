import Testing

@testable import ObjectStorage

@Suite("Files of AWS's tools")
struct INIFileTests {
    @Test(
        "reads odd files",
        arguments: [
            ("", [:]), ("\u{FEFF}[a]\r\nK = v\r\n", ["a": ["k": "v"]]), ("[a]", ["a": [:]]),
            ("[ profile\t\"my name\" ] # x\nk=v=w\n", ["profile my name": ["k": "v=w"]]),
            ("# c\n; c\n[a]\nk = v # c\nl = v#c\nm =\n", ["a": ["k": "v", "l": "v#c", "m": ""]]),
            ("[a]\nk=1\n[b]\nk=2\n[a]\nl=3\nk=4", ["a": ["k": "4", "l": "3"], "b": ["k": "2"]]),
            ("[a]\ns3 =\n  x = 1\n  # c\n\ty = 2\nk=v", ["a": ["s3": "\nx = 1\ny = 2", "k": "v"]]),
        ] as [(String, [String: [String: String]])])
    func reads(_ text: String, _ sections: [String: [String: String]]) throws {
        #expect(try INIFile(Array(text.utf8), path: "f").sections == sections)
    }

    @Test(
        "names the file and line of what it cannot read, and shows none of it",
        arguments: [
            ("[a\nk=secret", 1, INIError.Reason.malformedSection), ("[]\n", 1, .malformedSection),
            ("[a] x", 1, .malformedSection), ("\nk=secret", 2, .valueOutsideSection),
            ("[a]\n\nsecret", 3, .missingEqualsSign), ("[a]\n=secret", 2, .missingEqualsSign),
            ("[a]\n  secret", 2, .unexpectedIndentation), (" k=secret", 1, .unexpectedIndentation),
        ])
    func refuses(_ text: String, _ line: Int, _ reason: INIError.Reason) {
        let error = #expect(throws: INIError(path: "/x/config", line: line, reason)) {
            try INIFile(Array(text.utf8), path: "/x/config")
        }
        #expect(error?.description.hasPrefix("/x/config, line \(line): ") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("refuses what is not UTF-8")
    func notUTF8() {
        #expect(throws: INIError(path: "f", line: 2, .invalidUTF8)) {
            try INIFile([0x5B, 0x61, 0x5D, 0x0A, 0xFF], path: "f")
        }
    }
}
