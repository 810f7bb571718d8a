import Foundation
import Logging
import Testing

@testable import TollgateServer

@Suite("Log lines")
struct LogLineTests {
    static let hostile = [
        "", "\"", "\\", "a\nb", "\r\n", "\u{0}\u{1}\u{1F}\u{7F}", "\u{1B}[31mred", "\u{9B}31m", "\u{202E}txt.exe",
        "\u{2028}\u{2029}", "}{\"level\":\"error\"", "é – 😀 – \u{FFFF} – 👨‍👩‍👧", "</script>", "\t", "a=b c=\"d\"",
        String(repeating: "x", count: 100_000), String(repeating: "😀\"", count: 20_000),
    ]

    @Test("are one JSON object each, whatever is logged", arguments: hostile)
    func hostileContents(_ text: String) throws {
        let lines = try logged(.json, label: text) { logger in
            logger.error(
                "\(text)", metadata: ["k": "\(text)", "\(text)-key": "v", "list": ["\(text)", ["in": "\(text)"]]])
        }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(!line.unicodeScalars.contains { !$0.isPrintable })
        let object = try parse(line)
        #expect(Set(object.keys).isSuperset(of: ["time", "level", "logger", "message", "k", "list"]))
        #expect(object["level"] as? String == "error")
        if text.utf8.count <= LogLine.maximumTextBytes {
            #expect(object["message"] as? String == text && object["logger"] as? String == text)
            #expect(object["k"] as? String == text && object["\(text)-key"] as? String == "v")
            #expect((object["list"] as? [Any])?.first as? String == text)
        } else {
            #expect((object["message"] as? String)?.hasSuffix("…") == true)
            #expect(line.utf8.count < 7 * (LogLine.maximumTextBytes + 16))
        }
    }

    @Test("as text are one line without control characters, whatever is logged", arguments: hostile)
    func hostileText(_ text: String) throws {
        let lines = try logged(.text, label: text) { $0.info("\(text)", metadata: ["k": "\(text)"]) }
        #expect(lines.count == 1)
        #expect(lines.first?.unicodeScalars.contains { !$0.isPrintable } == false)
    }

    @Test("have their fields in a fixed order and numbers as numbers")
    func order() throws {
        let metadata: Logger.Metadata = [
            LogKeys.httpStatus: .stringConvertible(201), "b": .stringConvertible(true), "d": .stringConvertible(1.5),
            "nan": .stringConvertible(Double.nan), "big": .stringConvertible(UInt64.max), LogKeys.httpMethod: "POST",
        ]
        let json = try logged(.json, label: "http") { $0.notice("request", metadata: metadata) }
        #expect(
            json == [
                #"{"time":"2026-11-22T10:00:00.007Z","level":"notice","logger":"http","message":"request","#
                    + #""b":true,"big":18446744073709551615,"d":1.5,"http.method":"POST","http.status":201,"nan":"nan"}"#
            ])
        let text = try logged(.text, label: "http") { $0.notice("request", metadata: ["k": "v", "w": "a b", "e": ""]) }
        #expect(text == [#"2026-11-22T10:00:00.007Z NOTICE   http: request e="" k=v w="a b""#])
    }

    @Test("flatten nested metadata, and no name stands twice")
    func flattening() throws {
        let lines = try logged(.json, label: "l") { logger in
            logger.info(
                "m",
                metadata: [
                    "a": ["b": "1", "c": ["d": "2"]], "a.b": "3", "level": "x", "message": "y", "time": "z",
                    "empty": [:], "l": [],
                ])
        }
        let line = try #require(lines.first)
        let object = try parse(line)
        #expect(object["a.c.d"] as? String == "2" && ["1", "3"].contains(object["a.b"] as? String))
        #expect(object["level"] as? String == "info" && object["metadata.level"] as? String == "x")
        #expect(object["message"] as? String == "m" && object["metadata.time"] as? String == "z")
        for name in ["a.b", "level", "time", "message", "a.c.d"] {
            #expect(line.ranges(of: "\"\(name)\":").count == 1)
        }
    }

    @Test("deep and endless metadata ends")
    func bounded() throws {
        var deep: Logger.MetadataValue = "end"
        for _ in 0..<1000 { deep = .array([deep]) }
        let wide = Dictionary(
            uniqueKeysWithValues: (0..<1000).map {
                ("k\($0)", Logger.MetadataValue.string(String(repeating: "v", count: 5000)))
            })
        let lines = try logged(.json, label: "l") { logger in
            logger.info("deep", metadata: ["deep": deep])
            logger.info("wide", metadata: wide)
            logger.info("long", metadata: ["list": .array(Array(repeating: deep, count: 100_000))])
        }
        #expect(lines.count == 3)
        for line in lines { _ = try parse(line) }
        #expect(lines.allSatisfy { $0.utf8.count < LogLine.maximumBytes + 8192 + 100 })
        #expect(try parse(lines[1])["truncated"] as? Bool == true)
    }

    @Test("carry the error, the provider's metadata and the logger's own, the nearest winning")
    func merging() throws {
        struct Failure: Error, CustomStringConvertible { let description = "it \"failed\"" }
        let provider = Logger.MetadataProvider { ["p": "provider", "both": "provider"] }
        let lines = try logged(.json, label: "l", provider: provider) { logger in
            var logger = logger
            logger[metadataKey: "both"] = "logger"
            logger[metadataKey: "own"] = "logger"
            logger.error("m", error: Failure(), metadata: ["own": "event"])
        }
        let object = try parse(try #require(lines.first))
        #expect(object["p"] as? String == "provider" && object["both"] as? String == "provider")
        #expect(object["own"] as? String == "event")
        #expect(object["error"] as? String == "it \"failed\"" && object["error.type"] as? String == "Failure")
    }

    @Test("below the level are not written, and their text is not made")
    func level() throws {
        var made = 0
        func costly() -> String {
            made += 1
            return "x"
        }
        let lines = try logged(.json, label: "l", level: .warning) { logger in
            logger.info("\(costly())", metadata: ["k": "\(costly())"])
            logger.warning("seen")
        }
        #expect(lines.count == 1 && made == 0)
    }

    @Test("never show a secret that is logged by mistake", arguments: LogFormat.allCases)
    func secrets(_ format: LogFormat) throws {
        let secret = Secret("hunter2")
        let url = try #require(DatabaseURL("postgresql://u:hunter2@h/d"))
        let lines = try logged(format, label: "l") { logger in
            logger.info("\(secret) \(url)", metadata: ["a": "\(secret)", "b": .stringConvertible(url)])
        }
        #expect(lines.allSatisfy { !$0.contains("hunter2") && $0.contains("(hidden)") })
    }
}

func parse(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}

/// The lines that a logger writes into a file while the body runs.
func logged(
    _ format: LogFormat, label: String, level: Logger.Level = .trace, provider: Logger.MetadataProvider? = nil,
    _ body: (Logger) throws -> Void
) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
    #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    defer { handle.closeFile() }
    let sink = LogSink(fileDescriptor: handle.fileDescriptor)
    let handler = LineLogHandler(
        label: label, level: level, format: format, sink: sink, metadataProvider: provider,
        now: { LogTime(millisecondsSinceEpoch: 1_795_341_600_007) })
    try body(Logger(label: label) { _ in handler })
    #expect(sink.lostLineCount == 0)
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
}
