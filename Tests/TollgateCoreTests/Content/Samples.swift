import Testing

/// The first bytes of small real files, and the type that each goes by.
struct Sample: Sendable, CustomTestStringConvertible {
    let type: String
    let bytes: [UInt8]

    var testDescription: String { type }

    init(_ type: String, hex: String) {
        self.type = type
        bytes = hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }

    init(_ type: String, _ text: String) {
        self.type = type
        bytes = Array(text.utf8)
    }

    init(_ type: String, _ bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
    }

    static let png = Sample(
        "image/png",
        hex: "89 50 4E 47 0D 0A 1A 0A 00 00 00 0D 49 48 44 52 00 00 00 01 00 00 00 01 08 06 00 00 00 1F 15 C4 89")
    static let jpeg = Sample("image/jpeg", hex: "FF D8 FF E0 00 10 4A 46 49 46 00 01 01 01 00 48 00 48 00 00")
    static let gif = Sample("image/gif", hex: "47 49 46 38 39 61 01 00 01 00 80 00 00 FF FF FF")
    static let webp = Sample("image/webp", hex: "52 49 46 46 1A 00 00 00 57 45 42 50 56 50 38 4C 0D 00 00 00")
    static let heic = Sample(
        "image/heic", hex: "00 00 00 18 66 74 79 70 68 65 69 63 00 00 00 00 6D 69 66 31 68 65 69 63")
    static let pdf = Sample("application/pdf", "%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj\n")
    static let zip = Sample(
        "application/zip", hex: "50 4B 03 04 14 00 00 00 08 00 21 00 5A 59 00 00 00 00 00 00 00 00 00 00 05 00 00 00")
    static let ole = Sample("application/msword", hex: "D0 CF 11 E0 A1 B1 1A E1 00 00 00 00 00 00 00 00")
    static let mp4 = Sample(
        "video/mp4", hex: "00 00 00 20 66 74 79 70 69 73 6F 6D 00 00 02 00 69 73 6F 6D 69 73 6F 32 61 76 63 31")
    static let webm = Sample("video/webm", hex: "1A 45 DF A3 9F 42 86 81 01 42 F7 81 01 42 F2 81 04")
    static let ogg = Sample("audio/ogg", hex: "4F 67 67 53 00 02 00 00 00 00 00 00 00 00 9D 3C 00 00")
    static let mp3 = Sample("audio/mpeg", hex: "FF FB 90 64 00 00 00 00 00 00 00 00")
    static let svg = Sample("image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>")
    static let html = Sample("text/html", "<!doctype html><script>alert(1)</script>")
    static let elf = Sample(
        "application/x-executable", hex: "7F 45 4C 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 3E 00")
    static let windowsExecutable = Sample(
        "application/vnd.microsoft.portable-executable",
        hex: "4D 5A 90 00 03 00 00 00 04 00 00 00 FF FF 00 00 B8 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00")
    static let script = Sample("application/x-sh", "#!/bin/sh\nrm -rf /\n")
    static let text = Sample("text/plain", "hello\n")

    static let all: [Sample] = [
        png, jpeg, gif, webp, heic, pdf, zip, ole, mp4, webm, ogg, mp3, svg, html, elf, windowsExecutable, script, text,
        Sample("image/bmp", hex: "42 4D 3A 00 00 00 00 00 00 00 36 00 00 00 28 00 00 00"),
        Sample("image/tiff", hex: "49 49 2A 00 08 00 00 00"),
        Sample("image/tiff", hex: "4D 4D 00 2A 00 00 00 08"),
        Sample("image/vnd.microsoft.icon", hex: "00 00 01 00 01 00 10 10 00 00 01 00 20 00"),
        Sample("image/avif", hex: "00 00 00 20 66 74 79 70 61 76 69 66 00 00 00 00 61 76 69 66 6D 69 66 31"),
        Sample("image/jxl", hex: "FF 0A FA 1F 01 90 80 01"),
        Sample("image/jxl", hex: "00 00 00 0C 4A 58 4C 20 0D 0A 87 0A 00 00 00 14"),
        Sample("image/jp2", hex: "00 00 00 0C 6A 50 20 20 0D 0A 87 0A 00 00 00 14"),
        Sample("image/vnd.adobe.photoshop", hex: "38 42 50 53 00 01 00 00 00 00 00 00 00 03"),
        Sample("application/gzip", hex: "1F 8B 08 00 00 00 00 00 00 03 4B 04 00"),
        Sample("application/x-bzip2", hex: "42 5A 68 39 31 41 59 26 53 59 19 31"),
        Sample("application/x-xz", hex: "FD 37 7A 58 5A 00 00 04 E6 D6"),
        Sample("application/zstd", hex: "28 B5 2F FD 04 58 29 00"),
        Sample("application/x-7z-compressed", hex: "37 7A BC AF 27 1C 00 04"),
        Sample("application/vnd.rar", hex: "52 61 72 21 1A 07 01 00"),
        Sample(
            "application/x-tar", Array("a.txt".utf8) + [UInt8](repeating: 0, count: 252) + Array("ustar\u{0}00".utf8)),
        Sample("audio/mpeg", hex: "49 44 33 04 00 00 00 00 00 23 54 53 53 45"),
        Sample("audio/aac", hex: "FF F1 50 80 02 1F FC 21"),
        Sample("audio/flac", hex: "66 4C 61 43 00 00 00 22"),
        Sample("audio/wav", hex: "52 49 46 46 24 00 00 00 57 41 56 45 66 6D 74 20"),
        Sample("audio/aiff", hex: "46 4F 52 4D 00 00 00 2E 41 49 46 46 43 4F 4D 4D"),
        Sample("audio/midi", hex: "4D 54 68 64 00 00 00 06 00 01 00 01 00 60"),
        Sample("audio/x-m4a", hex: "00 00 00 1C 66 74 79 70 4D 34 41 20 00 00 02 00"),
        Sample("video/quicktime", hex: "00 00 00 14 66 74 79 70 71 74 20 20 20 05 03 00"),
        Sample("video/quicktime", hex: "00 00 08 5B 6D 6F 6F 76 00 00 00 6C 6D 76 68 64"),
        Sample("video/x-msvideo", hex: "52 49 46 46 24 00 00 00 41 56 49 20 4C 49 53 54"),
        Sample("video/mpeg", hex: "00 00 01 BA 44 00 04 00 04 01"),
        Sample("video/mp2t", (0..<600).map { $0 % 188 == 0 ? 0x47 : 0xFF }),
        Sample("video/x-flv", hex: "46 4C 56 01 05 00 00 00 09"),
        Sample("video/x-ms-wmv", hex: "30 26 B2 75 8E 66 CF 11 A6 D9 00 AA 00 62 CE 6C 8E 08"),
        Sample("font/woff", hex: "77 4F 46 46 00 01 00 00 00 00"),
        Sample("font/woff2", hex: "77 4F 46 32 00 01 00 00 00 00"),
        Sample("font/ttf", hex: "00 01 00 00 00 12 01 00 00 04"),
        Sample("font/otf", hex: "4F 54 54 4F 00 0B 00 80 00 03"),
        Sample("application/x-mach-binary", hex: "CF FA ED FE 07 00 00 01"),
        Sample("application/java-vm", hex: "CA FE BA BE 00 00 00 41"),
        Sample("application/wasm", hex: "00 61 73 6D 01 00 00 00"),
        Sample("application/vnd.sqlite3", "SQLite format 3\u{0}\u{10}\u{0}\u{1}"),
        Sample("application/vnd.apache.parquet", "PAR1\u{15}\u{4}\u{15}"),
        Sample("application/rtf", #"{\rtf1\ansi hello}"#),
        Sample("application/postscript", "%!PS-Adobe-3.0\n"),
        Sample("application/xml", "<?xml version=\"1.0\"?><note/>"),
        Sample("application/json", "{\"a\": 1}"),
        Sample("text/csv", "a,b\n1,2\n"),
    ]
}
