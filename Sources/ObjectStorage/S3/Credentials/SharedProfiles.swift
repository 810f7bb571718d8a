/// The profiles of both of AWS's files.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
struct SharedProfiles: Sendable, Equatable {
    /// Values by name, by profile.
    let profiles: [String: [String: String]]
    /// The files that were read or looked for, for messages.
    let paths: [String]

    /// - Parameters:
    ///   - config: sections `default` and `profile NAME`; all others are none of ours.
    ///   - credentials: sections `NAME`; its values win over those of the other file.
    ///   - paths: for messages.
    init(config: INIFile?, credentials: INIFile?, paths: [String]) {
        var profiles: [String: [String: String]] = [:]
        for (section, values) in config?.sections ?? [:] {
            if section.hasPrefix("profile ") {
                profiles[String(section.dropFirst("profile ".count))] = values
            } else if section == "default", config?.sections["profile default"] == nil {
                profiles["default"] = values
            }
        }
        for (section, values) in credentials?.sections ?? [:] {
            profiles[section, default: [:]].merge(values) { $1 }
        }
        self.profiles = profiles
        self.paths = paths
    }

    /// Reads both files where there are any; one that is named and missing is as good as empty, as for AWS's tools.
    ///
    /// - Parameters:
    ///   - environment: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, HOME.
    ///   - source: for errors.
    /// - Returns: what they hold.
    /// - Throws: for a file that is there and cannot be read.
    static func read(
        _ environment: CredentialsEnvironment, source: String
    ) async throws(CredentialsError) -> SharedProfiles {
        let config = environment.path(environment["AWS_CONFIG_FILE"] ?? "~/.aws/config")
        let credentials = environment.path(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials")
        return SharedProfiles(
            config: try await file(config, source: source), credentials: try await file(credentials, source: source),
            paths: [config, credentials])
    }

    private static func file(_ path: String, source: String) async throws(CredentialsError) -> INIFile? {
        let bytes: [UInt8]?
        do {
            bytes = try await CredentialsFiles.read(path)
        } catch {
            throw CredentialsError(source: source, .unreadable(file: path, error.reason))
        }
        guard let bytes else { return nil }
        do {
            return try INIFile(bytes, path: path)
        } catch {
            throw CredentialsError(source: source, .malformed(error))
        }
    }
}
