/// What there is to know about one setting: its names, its default, its meaning.
package struct SettingDefinition: Sendable, Equatable {
    /// The words in `config/tollgate.yaml`, nested by dots: `storage.s3.public_endpoint`.
    package let path: String
    /// What the value must be, for people: `a whole number from 0 to 65535`.
    package let expectation: String
    /// The default as it is written in the file, or empty where there is none.
    package let standard: String
    /// How a missing value is made, where it follows from others: `http://<host>:<port>`.
    package let derivation: String?
    /// One line of what it does.
    package let meaning: String
    /// `seconds`, `KiB` and so on; nil for what is not a quantity.
    package let unit: String?
    /// Never shown anywhere.
    package let isSecret: Bool
    /// A list in the file, separated by commas in the environment.
    package let isList: Bool

    /// `TOLLGATE_STORAGE_S3_PUBLIC_ENDPOINT`.
    package var environmentName: String { Self.environmentName(ofPath: path) }

    static let environmentPrefix = "TOLLGATE_"

    static func environmentName(ofPath path: String) -> String {
        environmentPrefix + path.uppercased().split(separator: ".").joined(separator: "_")
    }
}

/// One setting as it holds: what `tollgate check-config` prints a line for.
package struct SettingEntry: Sendable, Equatable {
    package let definition: SettingDefinition
    /// The value in its canonical spelling, `(hidden)`, `(not set)` or `(malformed)`.
    package let shown: String
    package let source: SettingSource

    static let notSet = "(not set)"
    static let malformed = "(malformed)"
}
