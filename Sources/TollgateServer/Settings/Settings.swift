/// Every setting of the gateway, read once at boot.
///
/// The structs below name the values for the program; the one call that fills each of them defines its key.
package struct Settings: Sendable {
    package let server: Server
    package let database: Database
    /// Signs upload tokens; required by `serve`.
    package let secret: Secret?
    /// Signed upload tokens before ``secret`` did.
    package let previousSecret: Secret?
    package let storage: Storage
    package let uploads: Uploads
    package let keys: Keys
    package let limits: Limits
    package let log: Log

    /// Every setting with its value as it may be shown, in the order of the documentation.
    package let entries: [SettingEntry]
    /// What is odd but does no harm, for the log at boot.
    package internal(set) var warnings: [String]
    /// The configuration file that was read.
    package let file: String?

    init(from reader: inout SettingsReader, file: String?) {
        server = Server(from: &reader)
        database = Database(from: &reader)
        secret = reader.readIfPresent(
            "secret", .secret("32 bytes or more"),
            "Signs upload tokens: 32 bytes or more, the same on every gateway; `serve` requires it")
        previousSecret = reader.readIfPresent(
            "secret_previous", .secret("32 bytes or more"),
            "The secret before: upload tokens that it signed hold until they end")
        storage = Storage(from: &reader)
        uploads = Uploads(from: &reader)
        keys = Keys(from: &reader)
        limits = Limits(from: &reader)
        log = Log(from: &reader)
        entries = reader.entries
        self.file = file
        warnings = uploads.warnings + storage.warnings
    }

    /// Every setting there is, in the order of the documentation.
    package static var definitions: [SettingDefinition] {
        var reader = SettingsReader(layers: [])
        return Settings(from: &reader, file: nil).entries.map(\.definition)
    }
}
