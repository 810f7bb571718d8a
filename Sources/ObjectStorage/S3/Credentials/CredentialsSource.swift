internal import TollgateCore

/// One place that credentials can come from.
protocol CredentialsSource: Sendable {
    /// As errors and logs name it.
    var name: String { get }

    /// - Throws: when the source is configured and fails: then no other one is asked.
    func find() async throws(CredentialsError) -> CredentialsFinding
}

enum CredentialsFinding: Sendable, Equatable {
    case found(S3Credentials)
    /// The source is not configured; the reason is for people.
    case absent(reason: String)
}

extension CredentialsSource {
    func error(_ reason: CredentialsError.Reason) -> CredentialsError {
        CredentialsError(source: name, reason)
    }
}

/// What the gateway's own settings say, if anything.
struct SettingsCredentials: CredentialsSource {
    let name = "settings"
    let credentials: S3Credentials?

    func find() async throws(CredentialsError) -> CredentialsFinding {
        credentials.map { .found($0) } ?? .absent(reason: "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID is not set")
    }
}

/// Keys in the environment.
///
/// Source: AWS SDKs and Tools Reference Guide, "AWS access keys".
struct EnvironmentCredentials: CredentialsSource {
    let name = "environment"
    let environment: CredentialsEnvironment

    func find() async throws(CredentialsError) -> CredentialsFinding {
        let identifier = environment["AWS_ACCESS_KEY_ID"]
        let secret = environment["AWS_SECRET_ACCESS_KEY"]
        guard identifier != nil || secret != nil else { return .absent(reason: "AWS_ACCESS_KEY_ID is not set") }
        guard let identifier else { throw error(.missing(setting: "AWS_ACCESS_KEY_ID")) }
        guard let secret else { throw error(.missing(setting: "AWS_SECRET_ACCESS_KEY")) }
        return .found(
            S3Credentials(
                accessKeyID: identifier, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"]))
    }
}

/// The environment's variables as they were at the start. An empty one counts as not set, as for AWS's own tools.
struct CredentialsEnvironment: Sendable {
    private let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// A path with a leading `~/` resolved.
    func path(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = self["HOME"] else { return path }
        return home + path.dropFirst()
    }
}
