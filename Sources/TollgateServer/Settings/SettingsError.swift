/// One thing that is wrong with the settings. It never holds the value of a secret.
package struct SettingsProblem: Error, Equatable, CustomStringConvertible {
    /// The key as it is spelled where it stands; empty where the whole file is meant.
    package let name: String
    package let source: SettingSource
    package let message: String

    package var description: String {
        let place =
            switch source {
            case .flag: "from a flag"
            case .environment: "from the environment"
            case .file(let path): "from file \(path)"
            case .dev: "from dev"
            case .standard: ""
            }
        return [name, place].filter { !$0.isEmpty }.joined(separator: ", ") + ": " + message
    }
}

/// Everything that is wrong with the settings, found in one pass.
package struct SettingsError: Error, Equatable, CustomStringConvertible {
    package let problems: [SettingsProblem]

    package var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return "the settings cannot be used, \(count):\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
