/// Reads settings from layers, the strongest first, and keeps the books: every key that was asked for, every value with
/// its source, everything that is wrong.
///
/// Each key is defined by the one call that reads it, so a list of all keys is a reading of no layers.
struct SettingsReader {
    private let layers: [SettingLayer]
    private(set) var entries: [SettingEntry] = []
    private(set) var problems: [SettingsProblem] = []

    init(layers: [SettingLayer]) {
        self.layers = layers
    }

    /// A setting that always has a value.
    mutating func read<Value>(
        _ path: String, _ kind: SettingKind<Value>, default standard: Value, _ meaning: String
    ) -> Value {
        let shown = kind.show(standard)
        let definition = define(path, kind, standard: shown, derivation: nil, meaning)
        return resolve(definition, kind, mayBeEmpty: kind.isList || shown.isEmpty, absent: shown) ?? standard
    }

    /// A setting whose missing value follows from others, or from the command that runs.
    mutating func read<Value>(
        _ path: String, _ kind: SettingKind<Value>, else derived: Value, described derivation: String, _ meaning: String
    ) -> (value: Value, isGiven: Bool) {
        let definition = define(path, kind, standard: "", derivation: derivation, meaning)
        let given = resolve(definition, kind, mayBeEmpty: true, absent: kind.show(derived))
        return (given ?? derived, given != nil)
    }

    /// A setting that need not be there.
    mutating func readIfPresent<Value>(_ path: String, _ kind: SettingKind<Value>, _ meaning: String) -> Value? {
        let definition = define(path, kind, standard: "", derivation: nil, meaning)
        return resolve(definition, kind, mayBeEmpty: true, absent: SettingEntry.notSet)
    }

    /// Notes that two values do not go together; the problem is put to the first of these keys.
    mutating func refuse(_ path: String, _ message: String) {
        let source = entries.first { $0.definition.path == path }?.source ?? .standard
        problems.append(.about(path: path, source: source, message))
    }

    private func define<Value>(
        _ path: String, _ kind: SettingKind<Value>, standard: String, derivation: String?, _ meaning: String
    ) -> SettingDefinition {
        SettingDefinition(
            path: path, expectation: kind.expectation, standard: standard, derivation: derivation, meaning: meaning,
            unit: kind.unit, isSecret: kind.disclosure == .never, isList: kind.isList)
    }

    private mutating func resolve<Value>(
        _ definition: SettingDefinition, _ kind: SettingKind<Value>, mayBeEmpty: Bool, absent: String
    ) -> Value? {
        var clearedBy: SettingSource?
        for layer in layers where clearedBy == nil || layer.source == .dev {
            let text: String
            switch layer.content(at: definition.path) {
            case .nothing: continue
            case .scalar(let scalar): text = scalar
            case .list(let items) where kind.isList: text = items.joined(separator: ",")
            case .list:
                note(definition, SettingEntry.malformed, layer.source)
                complain(definition, layer.source, "a list stands here; expected \(kind.expectation)")
                return nil
            }
            if text.isEmpty, mayBeEmpty || !layer.isExplicit {
                clearedBy = layer.isExplicit ? layer.source : clearedBy
                continue
            }
            guard let value = kind.parse(text) else {
                note(definition, SettingEntry.malformed, layer.source)
                complain(definition, layer.source, kind.complaint(about: text))
                return nil
            }
            note(definition, kind.show(value), layer.source)
            return value
        }
        note(definition, absent, clearedBy ?? .standard)
        return nil
    }

    private mutating func note(_ definition: SettingDefinition, _ shown: String, _ source: SettingSource) {
        entries.append(SettingEntry(definition: definition, shown: shown, source: source))
    }

    private mutating func complain(_ definition: SettingDefinition, _ source: SettingSource, _ message: String) {
        problems.append(.about(path: definition.path, source: source, message))
    }
}

extension SettingsProblem {
    /// A problem with a key, named as the operator wrote it, with its name in the environment beside it.
    static func about(path: String, source: SettingSource, _ message: String) -> SettingsProblem {
        let variable = SettingDefinition.environmentName(ofPath: path)
        return switch source {
        case .environment, .standard: SettingsProblem(name: variable, source: source, message: message)
        case .flag, .file, .dev: SettingsProblem(name: "\(path) (\(variable))", source: source, message: message)
        }
    }
}
