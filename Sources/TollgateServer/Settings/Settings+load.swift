extension Settings {
    /// Where the configuration file is looked for when nothing names one.
    package static let standardFile = "config/tollgate.yaml"

    /// Reads every setting: flags before the environment before the file before what `dev` makes before the defaults.
    ///
    /// - Parameters:
    ///   - flags: values by dotted path (`server.port`), of the flags that were given.
    ///   - environment: the process's variables; those without `TOLLGATE_` are ignored.
    ///   - configFile: the file that `--config` names. Else `TOLLGATE_CONFIG` names it (empty: no file), else
    ///     `config/tollgate.yaml` is read where it exists.
    ///   - generated: what `dev` makes for itself, by dotted path; shown with the source `dev`.
    /// - Returns: settings of which each value is what its definition expects.
    /// - Throws: every problem there is, not only the first; never with the value of a secret.
    package static func load(
        flags: [String: String] = [:], environment: [String: String], configFile: String? = nil,
        generated: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        let report = SettingsReport(
            flags: flags, environment: environment, configFile: configFile, generated: generated)
        guard report.problems.isEmpty else { throw SettingsError(problems: report.problems) }
        return report.settings
    }
}
