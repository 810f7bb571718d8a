import Configuration

/// One source of settings: the flags, the environment, the file, or what `dev` makes.
struct SettingLayer: Sendable {
    let source: SettingSource
    /// Whether the operator wrote these values; an empty one then means "none, whatever the file says".
    let isExplicit: Bool
    private let lookUp: @Sendable (_ path: String) -> ConfigFile.Content

    /// The value under a dotted path.
    func content(at path: String) -> ConfigFile.Content { lookUp(path) }

    static func file(_ file: ConfigFile) -> SettingLayer {
        SettingLayer(source: .file(file.path), isExplicit: false, lookUp: file.content(at:))
    }

    /// Variables by name, each `TOLLGATE_` and the words of a path.
    static func environment(_ variables: [String: String]) -> SettingLayer {
        let provider = EnvironmentVariablesProvider(
            environmentVariables: variables.filter { $0.key.hasPrefix(SettingDefinition.environmentPrefix) },
            secretsSpecifier: .all)
        let prefix = SettingDefinition.environmentPrefix.dropLast().lowercased()
        return SettingLayer(source: .environment, isExplicit: true) { path in
            text(of: AbsoluteConfigKey([prefix] + words(path)), in: provider)
        }
    }

    /// Values by dotted path: flags, or what `dev` makes.
    static func values(_ values: [String: String], from source: SettingSource) -> SettingLayer {
        let keyed = values.map { (AbsoluteConfigKey(words($0.key)), ConfigValue(.string($0.value), isSecret: true)) }
        let provider = InMemoryProvider(values: Dictionary(keyed) { first, _ in first })
        return SettingLayer(source: source, isExplicit: source != .dev) { path in
            text(of: AbsoluteConfigKey(words(path)), in: provider)
        }
    }

    private static func words(_ path: String) -> [String] {
        path.split(separator: ".").map(String.init)
    }

    /// These providers hold nothing but text, so a look-up for text cannot fail; a failure is no value.
    private static func text(of key: AbsoluteConfigKey, in provider: some ConfigProvider) -> ConfigFile.Content {
        guard case .success(let result) = Result(catching: { try provider.value(forKey: key, type: .string) }),
            case .string(let text)? = result.value?.content
        else { return .nothing }
        return .scalar(text)
    }
}
