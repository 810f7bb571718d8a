import Logging

/// What one line says.
struct LogRecord {
    let time: LogTime
    let level: Logger.Level
    let label: String
    let message: String
    let pairs: [LogValue.Pair]
}

/// The bytes of one line. Its length is bounded, whatever is logged.
struct LogLine {
    private(set) var bytes: [UInt8] = []

    /// Longer texts are cut, with an ellipsis at their end.
    static let maximumTextBytes = 8192
    /// Where a line is longer already, further metadata is left out and `truncated` says so.
    static let maximumBytes = 65_536

    /// Names in a JSON line that metadata cannot take.
    static let reservedNames: Set<String> = ["time", "level", "logger", "message", "truncated"]

    init(_ record: LogRecord, as format: LogFormat) {
        bytes.reserveCapacity(512)
        switch format {
        case .json: writeJSON(record)
        case .text: writeText(record)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func writeJSON(_ record: LogRecord) {
        append("{\"time\":\"")
        record.time.append(to: &bytes)
        append("\",\"level\":\"")
        append(record.level.rawValue)
        append("\",\"logger\":")
        appendQuoted(record.label)
        append(",\"message\":")
        appendQuoted(record.message)
        for pair in record.pairs {
            guard bytes.count < Self.maximumBytes else {
                append(",\"truncated\":true")
                break
            }
            append(",")
            appendQuoted(pair.key)
            append(":")
            appendJSON(pair.value)
        }
        append("}")
    }

    private mutating func writeText(_ record: LogRecord) {
        record.time.append(to: &bytes)
        append(" ")
        let level = record.level.rawValue.uppercased()
        append(level + String(repeating: " ", count: max(0, 8 - level.count)))
        append(" ")
        appendEscaped(record.label, quotes: false)
        append(": ")
        appendEscaped(record.message, quotes: false)
        for pair in record.pairs {
            guard bytes.count < Self.maximumBytes else {
                append(" truncated=true")
                break
            }
            append(" ")
            appendWord(pair.key)
            append("=")
            switch pair.value {
            case .text(let text): appendWord(text)
            case .literal, .list, .object: appendJSON(pair.value)
            }
        }
    }

    private mutating func appendJSON(_ value: LogValue) {
        switch value {
        case .text(let text): appendQuoted(text)
        case .literal(let literal): append(literal)
        case .list(let values):
            append("[")
            for (index, value) in values.enumerated() where bytes.count < Self.maximumBytes {
                if index > 0 { append(",") }
                appendJSON(value)
            }
            append("]")
        case .object(let pairs):
            append("{")
            var last: String?
            for pair in pairs where pair.key != last && bytes.count < Self.maximumBytes {
                if last != nil { append(",") }
                appendQuoted(pair.key)
                append(":")
                appendJSON(pair.value)
                last = pair.key
            }
            append("}")
        }
    }

    /// In the text form a value without blanks, quotes and signs stands bare.
    private mutating func appendWord(_ text: String) {
        let isBare =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
        if isBare { appendEscaped(text, quotes: false) } else { appendQuoted(text) }
    }

    private mutating func appendQuoted(_ text: String) {
        append("\"")
        appendEscaped(text, quotes: true)
        append("\"")
    }

    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            guard utf8.count <= Self.maximumTextBytes,
                utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
            else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if isPlain { return }
        let end = bytes.count + Self.maximumTextBytes
        for scalar in text.unicodeScalars {
            guard bytes.count < end else {
                append("…")
                return
            }
            append(quotes || !scalar.isPrintable ? scalar.escaped() : String(scalar))
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
