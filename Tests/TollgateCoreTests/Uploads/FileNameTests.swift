import Testing

@testable import TollgateCore

struct FileNameTests {
    @Test(
        "refuses paths",
        arguments: [
            ".", "..", "/", "\\", "a/b", "a\\b", "../x", "C:\\x.png", "x/",
            // Other characters to Swift, but a slash is what is stored.
            "a/\u{0338}b", "a\\\u{301}b", "..\u{2F}x",
        ])
    func refusesPaths(_ text: String) {
        #expect(throws: FileNameProblem.path) { try FileName(text) }
    }

    @Test(
        "refuses what breaks a header or shows another extension",
        arguments: ["a\r\nX: y", "a\u{0}.png", "\u{202E}gpj.exe"])
    func refusesControls(_ text: String) {
        #expect(throws: FileNameProblem.text(.controlCharacter)) { try FileName(text) }
    }

    @Test("refuses an empty name and one of 256 characters")
    func refusesLengths() {
        #expect(throws: FileNameProblem.text(.empty)) { try FileName("") }
        #expect(throws: FileNameProblem.text(.tooLong(maximumCharacters: 255))) {
            try FileName(String(repeating: "x", count: 256))
        }
    }

    static let extensions: [(String, String?)] = [
        ("name", nil), ("name.", nil), (".profile", nil), ("...", nil), ("Mr. Smith's photos", nil), ("a.j pg", nil),
        ("a.ünï", nil), ("a.12345678901234567", nil), ("a.jp\u{301}g", nil), ("a.c++", nil),
        ("logo.PNG", "png"), ("a.tar.gz", "gz"), (".profile.bak", "bak"), ("a.1234567890123456", "1234567890123456"),
        ("写真.JPEG", "jpeg"), ("a..mp4", "mp4"), ("a b (1).docx", "docx"),
    ]

    @Test("finds an extension fit for a key, or none", arguments: extensions)
    func findsExtension(name: String, expected: String?) throws {
        #expect(try FileName(name).fileExtension?.rawValue == expected)
    }
}

struct FileTypesTests {
    static let types: [(String, String?)] = [
        ("name", nil), ("name.nosuchtype", nil), (".png", nil), ("a.", nil), ("a.\u{1F4A9}", nil), ("backup.bak", nil),
        ("a.png", "image/png"), ("A.PNG", "image/png"), ("a.jpg", "image/jpeg"), ("a.JPEG", "image/jpeg"),
        ("a.webp", "image/webp"), ("a.avif", "image/avif"), ("a.heic", "image/heic"), ("a.jxl", "image/jxl"),
        ("a.svg", "image/svg+xml"), ("a.ico", "image/vnd.microsoft.icon"), ("a.html", "text/html"),
        ("a.js", "text/javascript"), ("a.mjs", "text/javascript"), ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"), ("a.md", "text/markdown"), ("a.yaml", "application/yaml"),
        ("a.yml", "application/yaml"), ("a.parquet", "application/vnd.apache.parquet"), ("a.csv", "text/csv"),
        ("a.json", "application/json"), ("a.pdf", "application/pdf"), ("a.zip", "application/zip"),
        ("a.gz", "application/gzip"), ("a.tar.gz", "application/gzip"), ("a.tgz", "application/gzip"),
        ("a.tar", "application/x-tar"), ("a.mp4", "video/mp4"), ("a.mov", "video/quicktime"), ("a.webm", "video/webm"),
        ("a.mp3", "audio/mpeg"), ("a.wav", "audio/wav"), ("a.ts", "video/mp2t"), ("a.txt", "text/plain"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.sarif.json", "application/sarif+json"), ("a.sarif.JSON", "application/sarif+json"),
        ("a.other.json", "application/json"), ("a.amr", "audio/amr"), ("a.key", "application/vnd.apple.keynote"),
    ]

    @Test("infers a type from a name's extension", arguments: types)
    func infers(name: String, expected: String?) throws {
        #expect(FileTypes.mediaType(forFileName: try FileName(name))?.description == expected)
    }

    @Test("holds only canonical media types, each extension once")
    func holdsCanonicalTypes() throws {
        var seen: Set<Substring> = []
        for (type, subtypes) in FileTypes.tableApplication + FileTypes.tableVendors + FileTypes.tableMedia {
            for entry in subtypes.split(whereSeparator: { $0 == ";" || $0 == "\n" }) {
                let words = entry.split(separator: " ")
                #expect(words.count > 1, "\(entry)")
                let text = "\(type)/\(words[0])"
                #expect(try MediaType(text).description == text)
                for word in words.dropFirst() { #expect(seen.insert(word).inserted, "\(word)") }
            }
        }
        #expect(seen.count > 1_500)
    }
}
