/// Finds names that mean nothing, and what they were probably meant to be.
enum UnknownNames {
    /// Variables that are ours without being settings: the file's path, and what `dev` writes into `dev.env` for
    /// clients and scripts, which a shell may have read before it starts the gateway.
    static let otherVariables: Set<String> = [
        "TOLLGATE_CONFIG", "TOLLGATE_URL", "TOLLGATE_KEY", "TOLLGATE_OPERATOR_KEY", "TOLLGATE_STORAGE_ENDPOINT",
        "TOLLGATE_STORAGE_BUCKET", "TOLLGATE_STORAGE_REGION", "TOLLGATE_STORAGE_ACCESS_KEY_ID",
        "TOLLGATE_STORAGE_SECRET_ACCESS_KEY",
    ]

    /// A line for each `TOLLGATE_` variable that nothing reads. Its value is not shown.
    static func warnings(_ environment: [String: String], _ definitions: [SettingDefinition]) -> [String] {
        let known = definitions.map(\.environmentName)
        let unknown = environment.keys.filter { name in
            name.hasPrefix(SettingDefinition.environmentPrefix) && !otherVariables.contains(name)
                && !known.contains(name)
        }
        return unknown.sorted().map { name in
            "\(name) in the environment is no setting" + suggestion(for: name, among: known, sameWords: { $0 })
        }
    }

    /// A problem for each name of a file, or of the flags, that is no path of a setting.
    static func problems(
        _ names: some Sequence<String>, in source: SettingSource, _ definitions: [SettingDefinition],
        isEmpty: (String) -> Bool
    ) -> [SettingsProblem] {
        let known = definitions.map(\.path)
        return names.sorted().compactMap { name in
            guard !known.contains(name) else { return nil }
            if known.contains(where: { $0.hasPrefix(name + ".") }) {
                guard !isEmpty(name) else { return nil }
                return SettingsProblem(name: name, source: source, message: "a value stands here; expected nested keys")
            }
            let hint = suggestion(for: name, among: known, sameWords: SettingDefinition.environmentName(ofPath:))
            return SettingsProblem(
                name: Quoted(name).description, source: source, message: "there is no such setting" + hint)
        }
    }

    private static func suggestion(
        for name: String, among known: [String], sameWords: (String) -> String
    ) -> String {
        let wanted = sameWords(name)
        let best = known.map { (name: $0, distance: distance(wanted, sameWords($0))) }.min { $0.distance < $1.distance }
        guard let best, best.distance <= 3 else { return "" }
        return "; did you mean \(best.name)?"
    }

    /// Levenshtein's distance: how many bytes must be put in, taken out or exchanged.
    private static func distance(_ first: String, _ second: String) -> Int {
        var row = Array(0...second.utf8.count)
        for (line, left) in first.utf8.prefix(200).enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, right) in second.utf8.enumerated() {
                let cost = left == right ? diagonal : min(diagonal, row[column], row[column + 1]) + 1
                (diagonal, row[column + 1]) = (row[column + 1], cost)
            }
        }
        return row[second.utf8.count]
    }
}
