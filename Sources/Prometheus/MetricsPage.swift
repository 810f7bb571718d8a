/// A page of metrics in Prometheus' text format, version 0.0.4.
///
/// Source: Prometheus, "Exposition formats". Names and units follow its "Metric and label naming".
package struct MetricsPage {
    package typealias Labels = KeyValuePairs<String, String>

    /// What a family of samples is of.
    package enum Kind: String {
        case counter, gauge, histogram
    }

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""

    package init() {}

    /// Begins a family; its samples follow. A name is begun once; it has the unit, and `_total` at the end of a counter's.
    /// The help is one sentence without full stop, line breaks or backslashes.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    package mutating func sample(_ name: String, _ value: some BinaryInteger, _ labels: Labels = [:]) {
        line(name, labels, "\(value)")
    }

    package mutating func sample(_ name: String, _ value: Double, _ labels: Labels = [:]) {
        line(name, labels, "\(value)")
    }

    /// The samples of one histogram, so many of whose values make one of the unit in the name: 1,000,000,000 for
    /// nanoseconds that the page has in seconds.
    package mutating func sample(_ name: String, _ histogram: Histogram, perUnit: Double = 1, _ labels: Labels = [:]) {
        var below: UInt64 = 0
        // Read once: what is counted meanwhile must not make the last bucket and the count differ.
        let counts = histogram.counts
        for (bound, count) in zip(histogram.bounds, counts) {
            below += count
            line("\(name)_bucket", labels, le: "\(Double(bound) / perUnit)", "\(below)")
        }
        below += counts.last ?? 0
        line("\(name)_bucket", labels, le: "+Inf", "\(below)")
        line("\(name)_sum", labels, "\(Double(histogram.sum) / perUnit)")
        line("\(name)_count", labels, "\(below)")
    }

    private mutating func line(_ name: String, _ labels: Labels, le: String? = nil, _ value: String) {
        text += name
        let all = labels.map { ($0.key, $0.value) } + (le.map { [("le", $0)] } ?? [])
        if !all.isEmpty {
            text += "{"
            text += all.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            text += "}"
        }
        text += " \(value)\n"
    }

    /// A backslash, a quotation mark and a line feed are written with a backslash in a label's value.
    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
