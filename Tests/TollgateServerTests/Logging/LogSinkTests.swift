import Dispatch
import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import TollgateServer

@Suite("Log sinks")
struct LogSinkTests {
    @Test("keep lines whole when many threads write long ones into a slow, non-blocking pipe")
    func linesStayWhole() throws {
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting
        #expect(fcntl(writing.fileDescriptor, F_SETFL, O_NONBLOCK) == 0)
        let sink = LogSink(fileDescriptor: writing.fileDescriptor)
        let handler = LineLogHandler(label: "l", level: .info, format: .json, sink: sink)
        let logger = Logger(label: "l") { _ in handler }
        let received = Received()
        let reading = DispatchGroup()
        DispatchQueue.global().async(group: reading) {
            received.data.withLock { $0 = pipe.fileHandleForReading.readDataToEndOfFile() }
        }
        DispatchQueue.concurrentPerform(iterations: 8) { writer in
            for number in 0..<50 {
                let text = String(repeating: "\(writer)", count: 7000)
                logger.info("\(text)", metadata: ["number": .stringConvertible(number)])
            }
        }
        writing.closeFile()
        reading.wait()
        let lines = String(decoding: received.data.withLock { $0 }, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 400)
        for line in lines {
            let message = try #require(try parse(String(line))["message"] as? String)
            #expect(message.count == 7000 && Set(message).count == 1)
        }
        #expect(sink.lostLineCount == 0)
    }

    /// What the reading thread found.
    private final class Received: Sendable {
        let data = Mutex(Data())
    }

    @Test("count what cannot be written, and go on")
    func lostLines() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        defer { full.closeFile() }
        let sink = LogSink(fileDescriptor: full.fileDescriptor)
        sink.write(Array("a\n".utf8))
        sink.write(Array("b\n".utf8))
        #expect(sink.lostLineCount == 2)
    }
}

@Suite("LogTime")
struct LogTimeTests {
    @Test(
        "is spelled as RFC 3339 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (1_795_341_600_007, "2026-11-22T10:00:00.007Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func spelled(_ milliseconds: Int64, _ expected: String) {
        #expect(text(LogTime(millisecondsSinceEpoch: milliseconds)) == expected)
    }

    @Test("agrees with Foundation on every 13th day of four centuries")
    func agreesWithFoundation() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: -40_000, to: 106_000, by: 13) {
            let milliseconds = Int64(day) * 86_400_000 + 45_296_500
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            #expect(text(LogTime(millisecondsSinceEpoch: milliseconds)) == date.formatted(style))
        }
    }

    @Test("is now")
    func now() {
        let seconds = Double(LogTime.now().millisecondsSinceEpoch) / 1000
        #expect(abs(seconds - Date().timeIntervalSince1970) < 5)
    }

    private func text(_ time: LogTime) -> String {
        var bytes: [UInt8] = []
        time.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
