import NIOCore
import Testing

@testable import ObjectStorage

@Suite("Reading multipart forms")
struct MultipartReaderTests {
    static let boundary = "XX-yy"

    static func form(_ parts: [String], close: String = "--XX-yy--\r\n") -> String {
        parts.map { "--XX-yy\r\n\($0)\r\n" }.joined() + close
    }

    static func field(_ name: String, _ value: String) -> String {
        "Content-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)"
    }

    static func file(_ content: String, filename: String = "a.txt") -> String {
        "Content-Disposition: form-data; name=\"file\"; filename=\"\(filename)\"\r\nContent-Type: text/plain\r\n\r\n"
            + content
    }

    /// Feeds the pieces and joins neighbouring file bytes, so that every way of cutting gives one answer.
    static func read(
        _ pieces: [[UInt8]], limits: MultipartLimits = .s3, trailer: MultipartReader.Trailer = .ignored
    ) throws(MultipartError) -> [MultipartEvent] {
        var reader = MultipartReader(boundary: try MultipartBoundary(boundary), limits: limits, trailer: trailer)
        var events: [MultipartEvent] = []
        for piece in pieces {
            reader.feed(ByteBuffer(bytes: piece))
            while let event = try reader.next() {
                if case .fileBytes(let bytes) = event, case .fileBytes(var joined)? = events.last {
                    joined.writeImmutableBuffer(bytes)
                    events[events.count - 1] = .fileBytes(joined)
                } else {
                    events.append(event)
                }
            }
        }
        try reader.finish()
        return events
    }

    static func read(_ text: String) throws(MultipartError) -> [MultipartEvent] {
        try read([Array(text.utf8)])
    }

    // What looks like a boundary, and is none, stands in the file.
    static let content = "one\r\n--XX-y\r\r\n--XX\r\n-\n--XX-yy\rtwo\r"
    static let sample =
        "preamble\r\n"
        + form([field("key", "a/ü.txt"), field("empty", ""), file(content, filename: "ü.txt"), field("late", "x")])
        + "epilogue\r\n--XX-yy\r\n"
    static let sampleEvents: [MultipartEvent] = [
        .field(name: "key", value: "a/ü.txt"), .field(name: "empty", value: ""),
        .fileStart(MultipartFile(name: "file", filename: "ü.txt", contentType: "text/plain")),
        .fileBytes(ByteBuffer(string: content)), .fileEnd, .end,
    ]

    @Test("refuses a body cut off anywhere before its closing boundary ends")
    func refusesTruncated() throws {
        let bytes = Array(Self.form([Self.field("key", "v"), Self.file("content")], close: "--XX-yy--").utf8)
        for count in 0..<bytes.count {
            #expect(throws: MultipartError.truncated) { try Self.read([Array(bytes[..<count])]) }
        }
        #expect(try Self.read([bytes]).last == .end)
    }

    @Test(
        "refuses what is no form",
        arguments: [
            form(["\r\nvalue"]), form(["Content-Type: text/plain\r\n\r\nvalue"]),
            form(["Content-Disposition: attachment; name=\"a\"\r\n\r\nvalue"]),
            form(["Content-Disposition: form-data\r\n\r\nvalue"]),
            form(["Content-Disposition: form-data; name=\"a\r\n\r\nvalue"]),
            form(["Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nvalue"]),
            form(["Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nv"]),
            form(["Content-Disposition: form-data;\r\n name=\"a\"\r\n\r\nfolded"]),
            form(["no colon\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv"]),
            form(["Content-Disposition: form-data; name=\"a\"\nX: y\r\n\r\nv"]),
            "--XX-yyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--XX-yy--",
        ])
    func refusesMalformed(_ text: String) {
        #expect {
            try Self.read(text)
        } throws: { error in
            if case .malformed? = error as? MultipartError { true } else { false }
        }
    }

    @Test("refuses fields that are no UTF-8")
    func refusesInvalidText() {
        let head = Array("--XX-yy\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".utf8)
        #expect(throws: MultipartError.malformed("a field is not UTF-8")) {
            try Self.read([head + [0xFF] + Array("\r\n--XX-yy--".utf8)])
        }
    }

    @Test("counts everything before the file's first byte against the limit, to the byte", arguments: [0, 1])
    func limitsFields(_ excess: Int) throws {
        let head = Self.form([Self.field("a", "")], close: "") + "--XX-yy\r\n" + Self.file("")
        let value = String(repeating: "v", count: 20_480 - head.utf8.count + excess)
        let text = Self.form([Self.field("a", value), Self.file(String(repeating: "f", count: 50_000))])
        let bytes = Array(text.utf8)
        for size in [bytes.count, 1_000, 7] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            if excess == 0 {
                #expect(try Self.read(pieces).count == 5)
            } else {
                #expect(throws: MultipartError.fieldsTooLarge(maximumBytes: 20_480)) { try Self.read(pieces) }
            }
        }
    }

    @Test("refuses too long a header, and too many fields")
    func limitsHeadersAndCount() {
        let long = "Content-Disposition: form-data; name=\"\(String(repeating: "n", count: 9_000))\"\r\n\r\nv"
        #expect(throws: MultipartError.headersTooLarge(maximumBytes: 8_192)) { try Self.read(Self.form([long])) }
        let many = Self.form((0..<4).map { Self.field("f\($0)", "") })
        #expect(throws: MultipartError.tooManyFields(maximum: 3)) {
            try Self.read([Array(many.utf8)], limits: MultipartLimits(maximumFields: 3))
        }
    }

    @Test("reads the same from one piece, from single bytes, and cut in two anywhere")
    func everySplit() throws {
        let bytes = Array(Self.sample.utf8)
        #expect(try Self.read([bytes]) == Self.sampleEvents)
        #expect(try Self.read(bytes.map { [$0] }) == Self.sampleEvents)
        for split in 1..<bytes.count {
            #expect(try Self.read([Array(bytes[..<split]), Array(bytes[split...])]) == Self.sampleEvents)
        }
    }

    @Test("reads the same cut in three around every place near the file's end")
    func everyTripleSplit() throws {
        let bytes = Array(Self.form([Self.file("abc\r\n")]).utf8)
        let whole = try Self.read([bytes])
        #expect(whole.contains(.fileBytes(ByteBuffer(string: "abc\r\n"))))
        for first in (bytes.count - 24)..<(bytes.count - 1) {
            for second in (first + 1)..<bytes.count {
                let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                #expect(try Self.read(pieces) == whole)
            }
        }
    }

    @Test("reads an empty file, and a form without one")
    func emptyFile() throws {
        let file = MultipartFile(name: "file", filename: "a.txt", contentType: "text/plain")
        #expect(try Self.read(Self.form([Self.file("")])) == [.fileStart(file), .fileEnd, .end])
        #expect(try Self.read(Self.form([Self.field("a", "b")])) == [.field(name: "a", value: "b"), .end])
        #expect(try Self.read("--XX-yy--") == [.end])
    }

    @Test("reads the fields behind the file where they are wanted, within the limits")
    func readsTrailer() throws {
        let text = Self.form([Self.file("x"), Self.field("late", "y")])
        #expect(
            try Self.read([Array(text.utf8)], trailer: .read).suffix(2) == [.field(name: "late", value: "y"), .end])
        let long = Self.form([Self.file("x"), Self.field("late", String(repeating: "y", count: 21_000))])
        #expect(throws: MultipartError.fieldsTooLarge(maximumBytes: 20_480)) {
            try Self.read([Array(long.utf8)], trailer: .read)
        }
        #expect(try Self.read(long).last == .end)
    }

    @Test("tells what stood before the file, and how a body ends behind it")
    func countsOverhead() throws {
        let text = Self.form([Self.field("a", "b"), Self.file("12345")])
        var reader = MultipartReader(boundary: try MultipartBoundary(Self.boundary))
        reader.feed(ByteBuffer(string: text))
        while let event = try reader.next() {
            guard case .fileStart = event else { continue }
            #expect(text.utf8.count - reader.overheadBytes - reader.closingByteCount == 5)
        }
    }
}
