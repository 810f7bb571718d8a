extension SettingsReport {
    /// The table of `tollgate check-config`: a line for each setting with its name, its value and where it came from;
    /// below it warnings and problems, and what `serve` would refuse (``Settings/serving()``). Secrets are hidden.
    package func render(servingProblems: [SettingsProblem] = []) -> String {
        let rows = settings.entries.map { entry in
            let shown = entry.shown.unicodeScalars.map { $0.escapedControl }.joined()
            return [entry.definition.environmentName, shown.isEmpty ? "(empty)" : shown, entry.source.description]
        }
        var text = "file: \(settings.file ?? "none")\n\n" + Self.table([["name", "value", "source"]] + rows)
        text += Self.section("warnings", settings.warnings)
        text += Self.section("problems", problems.map(\.description))
        text += Self.section("problems for serve", servingProblems.map(\.description))
        return text
    }

    /// A long value must not push the sources of all lines out of sight.
    private static let widestColumn = 44

    private static func table(_ rows: [[String]]) -> String {
        let widths = (0..<2).map { column in rows.map { $0[column].count }.filter { $0 <= widestColumn }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            return (cells + [row[2]]).joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func section(_ title: String, _ lines: [String]) -> String {
        lines.isEmpty ? "" : "\n\(title):\n" + lines.map { "  \($0)\n" }.joined()
    }
}
