import Foundation

@testable import TollgateServer

/// What `config/tollgate.yaml` and `docs/configuration.md` must say, made from the definitions.
enum ConfigurationText {
    /// The package's folder: the nearest one above this file with a manifest.
    static var root: URL {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) { break }
        }
        return folder
    }

    static let yamlFile = root.appending(path: "config/tollgate.yaml")
    static let documentFile = root.appending(path: "docs/configuration.md")

    /// All keys, nested, each with its default and a comment.
    static func yaml(_ definitions: [SettingDefinition]) -> String {
        var text = ""
        var open: [Substring] = []
        for definition in definitions {
            let words = definition.path.split(separator: ".")
            let groups = Array(words.dropLast())
            if groups.count < 2 || !open.starts(with: groups.prefix(1)) {
                text += groups.isEmpty || open.first != groups.first ? "\n" : ""
            }
            for (depth, group) in groups.enumerated() where open.count <= depth || open[depth] != group {
                text += indent(depth) + "\(group):\n"
                open = Array(open.prefix(depth)) + [group]
            }
            open = Array(open.prefix(groups.count))
            for line in comment(definition) { text += indent(groups.count) + "# \(line)\n" }
            text += indent(groups.count) + "\(words[words.count - 1]): \(yamlValue(definition))\n"
        }
        return text
    }

    /// A table for each group of settings, by the group's heading.
    static func tables(_ definitions: [SettingDefinition]) -> [(title: String, table: String)] {
        var tables: [(title: String, table: String)] = []
        for definition in definitions {
            let title = groupTitle(definition.path)
            if tables.last?.title != title {
                let head = "| environment | file | default | meaning | unit |\n| --- | --- | --- | --- | --- |\n"
                tables.append((title, head))
            }
            let standard = definition.standard.isEmpty ? "none" : "`\(definition.standard)`"
            let cells = [
                "`\(definition.environmentName)`", "`\(definition.path)`", definition.derivation ?? standard,
                definition.meaning + (definition.isSecret ? " (secret)" : ""), definition.unit ?? "",
            ]
            tables[tables.count - 1].table += "| " + cells.joined(separator: " | ") + " |\n"
        }
        return tables
    }

    private static func groupTitle(_ path: String) -> String {
        let words = path.split(separator: ".")
        switch (words[0], words.count) {
        case ("secret", _), ("secret_previous", _): return "Secret"
        case ("storage", 3): return words[1] == "s3" ? "Storage: S3" : "Storage: local"
        default: return words[0].capitalized
        }
    }

    private static func comment(_ definition: SettingDefinition) -> [String] {
        var lines = [definition.meaning + (definition.unit.map { " (\($0))" } ?? "")]
        if let derivation = definition.derivation { lines.append("Empty: \(derivation).") }
        if definition.isSecret { lines.append("A secret: better in \(definition.environmentName) than here.") }
        return lines
    }

    private static func yamlValue(_ definition: SettingDefinition) -> String {
        if definition.isList { return "[\(definition.standard)]" }
        return definition.standard.isEmpty ? "\"\"" : definition.standard
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}
