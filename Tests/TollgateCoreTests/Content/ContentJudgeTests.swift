import Testing

@testable import TollgateCore

struct ContentJudgeTests {
    private func judge(
        _ type: String, _ bytes: [UInt8], _ mode: ContentVerification = .lenient
    ) throws -> UploadRejection? {
        ContentJudge.judge(declared: try MediaType(type), leading: bytes, size: Int64(bytes.count), mode: mode)
    }

    @Test("every real file passes under its own type", arguments: Sample.all, ContentVerification.allCases)
    func realFilesPass(sample: Sample, mode: ContentVerification) throws {
        #expect(try judge(sample.type, sample.bytes, mode) == nil)
    }

    @Test("every file is an octet stream", arguments: Sample.all)
    func octetStreamPasses(_ sample: Sample) throws {
        #expect(try judge("application/octet-stream", sample.bytes, .strict) == nil)
        #expect(try judge("binary/octet-stream", sample.bytes, .strict) == nil)
    }

    @Test(
        "what runs is refused as an image, a sound, a film, a font or a PDF",
        arguments: [
            "image/png", "image/jpeg", "image/x-unheard-of", "audio/mpeg", "audio/x-mpegurl", "video/mp4",
            "video/x-new",
            "font/woff2", "application/pdf",
        ],
        [Sample.html, .svg, .elf, .windowsExecutable, .script, Sample("", "<?xml version='1.0'?><x/>")])
    func disguisesAreRefused(type: String, disguised: Sample) throws {
        let rejection = try #require(try judge(type, disguised.bytes))
        #expect(rejection.reason == .contentMismatch)
        #expect(rejection.detail.hasPrefix("declared: \(type); the leading bytes are those of "))
    }

    @Test(
        "one type under another's name is refused",
        arguments: [
            ("image/png", Sample.jpeg), ("image/jpeg", .heic), ("image/png", .zip), ("audio/mpeg", .png),
            ("video/mp4", .webm), ("application/pdf", .png), ("application/zip", .html), ("image/x-unheard-of", .pdf),
            ("text/plain", .elf), ("application/json", .png), ("image/svg+xml", .png), ("image/svg+xml", .html),
            ("image/svg+xml", .text), ("application/epub+zip", .pdf),
            ("image/gif", Sample("", "<!--%PDF-GIF89a--><script>")),
            ("application/pdf", Sample("", "<html>%PDF-1.7")),
        ])
    func contradictionsAreRefused(type: String, other: Sample) throws {
        for mode in [ContentVerification.lenient, .strict] {
            #expect(try judge(type, other.bytes, mode)?.reason == .contentMismatch)
        }
        #expect(try judge(type, other.bytes, .off) == nil)
    }

    @Test(
        "names that are used for the same files pass",
        arguments: [
            ("image/x-png", Sample.png), ("image/pjpeg", .jpeg), ("image/heif", .heic),
            ("application/x-zip-compressed", .zip), ("application/epub+zip", .zip), ("application/java-archive", .zip),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", .zip),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", .ole),
            ("application/vnd.oasis.opendocument.text", .zip), ("application/vnd.ms-excel", .zip),
            ("application/vnd.ms-excel.sheet.macroenabled.12", .zip), ("video/ogg", .ogg), ("application/ogg", .ogg),
            ("audio/mp4", .mp4), ("audio/webm", .webm), ("video/x-matroska", .webm), ("audio/mp3", .mp3),
            ("image/png; foo=bar", .png),
        ])
    func aliasesPass(type: String, sample: Sample) throws {
        #expect(try judge(type, sample.bytes, .strict) == nil)
    }

    @Test(
        "lenient passes what nobody recognises, text that speaks of anything, and types that it does not know",
        arguments: [
            ("image/png", Sample("", "xxxxxxxx")), ("image/png", Sample("", [0, 1, 2, 3])),
            ("image/png", Sample("", "BM")),
            ("text/plain", .html), ("text/csv", .script), ("text/plain", Sample("", "GIF89a is a format")),
            ("text/plain", Sample("", "caf\u{0}")), ("application/vnd.ms-excel", .html),
            ("application/vnd.acme.thing", .elf),
            ("image/x-canon-cr2", Sample("", hex: "49 49 2A 00 10 00 00 00 43 52")),
            ("image/openraster", .zip), ("audio/amr", Sample("", "#!AMR\n\u{3c}")),
            ("video/mp2t", Sample("", "const a: number = 1\n")), ("application/x-tar", Sample("", hex: "1F 8B 08 00")),
            ("application/vnd.oasis.opendocument.text-flat-xml", Sample("", "<?xml version='1.0'?><office:document/>")),
            ("image/svg+xml", Sample("", "<!-- a long comment ")),
        ])
    func lenientPasses(type: String, sample: Sample) throws {
        #expect(try judge(type, sample.bytes) == nil)
    }

    @Test(
        "strict refuses what it cannot confirm, and says why",
        arguments: [
            ("image/png", Sample.text, "the leading bytes do not confirm it"),
            ("text/plain", Sample("", "a\u{0}"), "the leading bytes do not confirm it"),
            ("application/json", Sample("", "hello"), "the leading bytes do not confirm it"),
            ("application/xml", .text, "the leading bytes do not confirm it"),
            ("application/vnd.acme.thing", .text, "no signature of this type is known, so nothing confirms it"),
        ])
    func strictRefuses(type: String, sample: Sample, why: String) throws {
        #expect(try judge(type, sample.bytes, .strict)?.detail == "declared: \(type); \(why)")
        #expect(try judge(type, sample.bytes) == nil)
    }

    @Test("an empty object passes, but strict wants a type that may be empty")
    func emptyObjects() throws {
        for type in ["image/png", "image/svg+xml", "text/plain", "application/vnd.acme.thing"] {
            #expect(try judge(type, []) == nil)
        }
        #expect(try judge("text/plain", [], .strict) == nil)
        #expect(try judge("application/octet-stream", [], .strict) == nil)
        #expect(try judge("image/png", [], .strict)?.reason == .contentMismatch)
    }

    @Test("a PDF header behind other bytes confirms, a Windows program's two letters alone refuse nothing")
    func shortAndLateSignatures() throws {
        let late = [UInt8](repeating: 0x0A, count: 500) + Sample.pdf.bytes
        #expect(try judge("application/pdf", late, .strict) == nil)
        #expect(try judge("image/png", Array("MZ".utf8)) == nil)
    }
}
