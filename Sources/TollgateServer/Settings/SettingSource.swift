/// Where a setting's value came from.
package enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    case flag
    case environment
    /// The configuration file at this path.
    case file(String)
    /// Made by `tollgate dev` for itself.
    case dev
    case standard

    package var description: String {
        switch self {
        case .flag: "flag"
        case .environment: "environment"
        case .file(let path): "file \(path)"
        case .dev: "dev"
        case .standard: "default"
        }
    }
}
