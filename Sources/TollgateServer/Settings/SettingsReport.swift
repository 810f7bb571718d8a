import Foundation

/// The settings with everything that is wrong about them: what `tollgate check-config` prints.
package struct SettingsReport: Sendable {
    /// Malformed values are replaced by their defaults: run on these only when there are no problems.
    package let settings: Settings
    package let problems: [SettingsProblem]

    /// Reads like ``Settings/load(flags:environment:configFile:generated:)`` and never fails.
    package init(
        flags: [String: String] = [:], environment: [String: String], configFile: String? = nil,
        generated: [String: String] = [:]
    ) {
        let definitions = Settings.definitions
        let path = Self.filePath(configFile, environment)
        var problems = UnknownNames.problems(flags.keys, in: .flag, definitions) { _ in false }
        var layers = [SettingLayer.values(flags, from: .flag), .environment(environment)]
        do throws(SettingsProblem) {
            if let path {
                let file = try ConfigFile(path: path)
                layers.append(.file(file))
                problems += UnknownNames.problems(file.names, in: .file(path), definitions) {
                    file.content(at: $0) == .nothing
                }
            }
        } catch {
            problems.append(error)
        }
        layers.append(.values(generated, from: .dev))
        problems += UnknownNames.problems(generated.keys, in: .dev, definitions) { _ in false }

        var reader = SettingsReader(layers: layers)
        var settings = Settings(from: &reader, file: path)
        settings.warnings += UnknownNames.warnings(environment, definitions)
        settings.warnings += Self.exposedSecrets(in: path, reader.entries)
        self.settings = settings
        self.problems = problems + reader.problems
    }

    private static func filePath(_ configFile: String?, _ environment: [String: String]) -> String? {
        if let named = configFile ?? environment["TOLLGATE_CONFIG"] { return named.isEmpty ? nil : named }
        return FileManager.default.fileExists(atPath: Settings.standardFile) ? Settings.standardFile : nil
    }

    /// A warning where a file holds a secret and every user of the machine may read it.
    private static func exposedSecrets(in path: String?, _ entries: [SettingEntry]) -> [String] {
        guard let path, entries.contains(where: { $0.source == .file(path) && $0.shown.contains(Secret.placeholder) })
        else { return [] }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & mode_t(S_IROTH) != 0 else { return [] }
        return ["\(path) holds a secret and every user can read it; chmod 640 or less"]
    }
}
