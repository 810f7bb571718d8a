internal import TollgateCore

/// The profile of AWS's shared files.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files", "Assume role credential provider".
struct ProfileCredentials: CredentialsSource {
    let name = "shared files"
    let environment: CredentialsEnvironment
    let sts: STSClient
    /// What `credential_source` may name.
    let named: [String: any CredentialsSource]

    func find() async throws(CredentialsError) -> CredentialsFinding {
        let chosen = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"]
        let profile = chosen ?? "default"
        let shared = try await SharedProfiles.read(environment, source: name)
        guard shared.profiles[profile] != nil else {
            if chosen != nil { throw CredentialsError(source: "profile \"\(profile)\"", .noSuchProfile) }
            return .absent(reason: "no profile \"default\" in \(shared.paths.joined(separator: " and "))")
        }
        guard let credentials = try await resolve(profile, in: shared, from: []) else {
            return .absent(reason: "profile \"\(profile)\" names no credentials")
        }
        return .found(credentials)
    }

    private func resolve(
        _ profile: String, in shared: SharedProfiles, from visited: [String]
    ) async throws(CredentialsError) -> S3Credentials? {
        let source = "profile \"\(profile)\""
        guard let values = shared.profiles[profile] else { throw CredentialsError(source: source, .noSuchProfile) }
        let isStatic = values["aws_access_key_id"] != nil || values["aws_secret_access_key"] != nil
        // A profile may name itself as the source of its own role: then its keys count.
        if let role = values["role_arn"], !(isStatic && !visited.isEmpty) {
            return try await assume(role, values, profile, in: shared, from: visited)
        }
        if visited.contains(profile), !isStatic {
            throw CredentialsError(source: source, .cycle(visited + [profile]))
        }
        if isStatic {
            guard let identifier = values["aws_access_key_id"] else {
                throw CredentialsError(source: source, .missing(setting: "aws_access_key_id"))
            }
            guard let secret = values["aws_secret_access_key"] else {
                throw CredentialsError(source: source, .missing(setting: "aws_secret_access_key"))
            }
            return S3Credentials(
                accessKeyID: identifier, secretAccessKey: secret, sessionToken: values["aws_session_token"])
        }
        if let command = values["credential_process"] {
            do {
                return try await CredentialProcess.run(command)
            } catch {
                throw CredentialsError(source: source, error)
            }
        }
        for (key, kind) in [
            ("sso_session", "sso_session"), ("sso_start_url", "sso_start_url"), ("login_session", "login_session"),
        ] where values[key] != nil {
            throw CredentialsError(source: source, .unsupported("\(kind) (IAM Identity Center or a login)"))
        }
        return nil
    }

    private func assume(
        _ role: String, _ values: [String: String], _ profile: String, in shared: SharedProfiles, from visited: [String]
    ) async throws(CredentialsError) -> S3Credentials {
        let source = "profile \"\(profile)\""
        let session = values["role_session_name"]
        if let file = values["web_identity_token_file"] {
            return try await WebIdentityCredentials.assume(
                role, session: session, tokenFile: environment.path(file), at: sts, source: source)
        }
        guard values["mfa_serial"] == nil else { throw CredentialsError(source: source, .unsupported("mfa_serial")) }
        guard !visited.contains(profile) else { throw CredentialsError(source: source, .cycle(visited + [profile])) }
        let caller: S3Credentials
        switch (values["source_profile"], values["credential_source"]) {
        case (let next?, nil):
            guard let found = try await resolve(next, in: shared, from: visited + [profile]) else {
                throw CredentialsError(
                    source: source, .invalid(setting: "source_profile", "names a profile without credentials"))
            }
            caller = found
        case (nil, let next?):
            guard let other = named[next] else {
                throw CredentialsError(
                    source: source,
                    .invalid(
                        setting: "credential_source", "must be Environment, Ec2InstanceMetadata or EcsContainer"))
            }
            switch try await other.find() {
            case .found(let found): caller = found
            case .absent(let reason):
                throw CredentialsError(source: source, .invalid(setting: "credential_source", "has none: \(reason)"))
            }
        case (nil, nil):
            throw CredentialsError(source: source, .missing(setting: "source_profile or credential_source"))
        default:
            throw CredentialsError(
                source: source, .invalid(setting: "source_profile", "and credential_source exclude each other"))
        }
        var parameters = [("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", session ?? "tollgate")]
        if let identifier = values["external_id"] { parameters.append(("ExternalId", identifier)) }
        if let seconds = values["duration_seconds"] { parameters.append(("DurationSeconds", seconds)) }
        return try await sts.ask(parameters, as: caller, source: source)
    }
}
