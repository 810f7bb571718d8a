import Foundation
import TollgateCore

/// Something a command prints: named values, in order.
protocol Report {
    var members: [(name: String, value: JSONValue)] { get }
}

/// Prints reports as a table for people or as JSON for programs.
struct Output {
    private let format: OutputFormat

    init(_ format: OutputFormat) { self.format = format }

    /// One thing: a line a member, or one JSON object.
    func show(_ report: some Report) {
        switch format {
        case .json:
            var json = JSONWriter()
            json.object { write(report, to: &$0) }
            say(json.text)
        case .table:
            let members = report.members.filter { $0.value != .null }
            let width = members.map(\.name.count).max() ?? 0
            for member in members {
                say(Self.pad(member.name, to: width) + "  " + Self.plain(member.value))
            }
        }
    }

    /// Many things: a table of some columns, or `{"data": [...]}` with all members.
    func show(_ reports: [some Report], columns: [String]) {
        switch format {
        case .json:
            var json = JSONWriter()
            json.object { object in
                object.array("data") { list in
                    for report in reports { list.object { write(report, to: &$0) } }
                }
            }
            say(json.text)
        case .table:
            let rows =
                [columns]
                + reports.map { report in
                    columns.map { column in
                        report.members.first { $0.name == column }.map { Self.plain($0.value) } ?? ""
                    }
                }
            let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
            for row in rows {
                let cells = zip(row, widths).map { Self.pad($0, to: $1) }
                say(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
            }
        }
    }

    private func write(_ report: some Report, to json: inout JSONWriter) {
        for member in report.members { json.member(member.name, member.value) }
    }

    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .null: "-"
        case .bool(let truth): truth ? "yes" : "no"
        case .number(let text), .string(let text): text
        case .array(let values): values.map(plain).joined(separator: ", ")
        case .object(let object):
            object.members.map { "\($0.name) \(plain($0.value))" }.joined(separator: ", ")
        }
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
