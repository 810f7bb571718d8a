internal import AsyncHTTPClient
internal import Foundation
internal import NIOHTTP1
internal import TollgateCore

/// The container endpoint of ECS and of EKS Pod Identity.
///
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
struct ContainerCredentials: CredentialsSource {
    let name = "container endpoint"
    let environment: CredentialsEnvironment
    let http: CredentialsHTTP

    func find() async throws(CredentialsError) -> CredentialsFinding {
        let url: String
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/") else {
                throw error(.invalid(setting: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "does not begin with a slash"))
            }
            url = "http://169.254.170.2\(path)"
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            guard Self.isAllowed(full) else {
                throw error(
                    .invalid(
                        setting: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                        "must be https, or http to a loopback address, 169.254.170.2, 169.254.170.23 or fd00:ec2::23"))
            }
            url = full
        } else {
            return .absent(reason: "AWS_CONTAINER_CREDENTIALS_FULL_URI and ..._RELATIVE_URI are not set")
        }
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "accept", value: "application/json")
        if let token = try await token() { request.headers.add(name: "authorization", value: token) }
        let answer = try await http.send(request, host: URL(string: url)?.host ?? "the endpoint", source: name)
        guard answer.isSuccess else { throw error(.refused(status: answer.status, code: nil)) }
        do {
            return .found(try CredentialsDocument.parse(answer.body, tokenMember: "Token", isTemporary: false))
        } catch {
            throw self.error(error)
        }
    }

    private func token() async throws(CredentialsError) -> String? {
        let token: String
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            token = try await CredentialsFiles.token(environment.path(path), source: name)
        } else if let text = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            token = text
        } else {
            return nil
        }
        guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw error(.invalid(setting: "AWS_CONTAINER_AUTHORIZATION_TOKEN", "holds a control character"))
        }
        return token
    }

    /// The token must not travel in the clear: https, or http to an address on this machine. Names are not resolved;
    /// `localhost` is the only one that http may use.
    static func isAllowed(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host?.lowercased(), !host.isEmpty else {
            return false
        }
        if parts.scheme?.lowercased() == "https" { return true }
        guard parts.scheme?.lowercased() == "http" else { return false }
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if ["localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1"].contains(bare) { return true }
        let octets = bare.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}

/// The role of an EC2 instance, by version 2 of the metadata service.
///
/// Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
struct InstanceCredentials: CredentialsSource {
    let name = "instance metadata"
    let environment: CredentialsEnvironment
    let http: CredentialsHTTP

    func find() async throws(CredentialsError) -> CredentialsFinding {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" {
            return .absent(reason: "AWS_EC2_METADATA_DISABLED is true")
        }
        let configured = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
        var root = configured ?? "http://169.254.169.254"
        while root.hasSuffix("/") { root.removeLast() }
        guard let host = URL(string: root)?.host else {
            throw error(.invalid(setting: "AWS_EC2_METADATA_SERVICE_ENDPOINT", "is no URL"))
        }
        var request = HTTPClientRequest(url: "\(root)/latest/api/token")
        request.method = .PUT
        request.headers.add(name: "x-aws-ec2-metadata-token-ttl-seconds", value: "21600")
        let token: CredentialsHTTP.Answer
        do {
            token = try await http.send(request, host: host, source: name)
        } catch {
            // Not on EC2, unless somebody says so.
            guard configured == nil else { throw error }
            return .absent(reason: error.reason.description)
        }
        guard token.isSuccess else {
            if configured == nil, token.status < 500 { return .absent(reason: "answered \(token.status)") }
            throw error(.refused(status: token.status, code: nil))
        }
        let session = String(decoding: token.body, as: UTF8.self)
        let list = try await get("", root: root, host: host, token: session)
        if list.status == 404 { return .absent(reason: "the instance has no role") }
        guard list.isSuccess else { throw error(.refused(status: list.status, code: nil)) }
        let role = String(
            decoding: list.body.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        guard !role.isEmpty else { return .absent(reason: "the instance has no role") }
        let answer = try await get(
            URIEncoding.encode(role, keepingSlash: false), root: root, host: host, token: session)
        guard answer.isSuccess else { throw error(.refused(status: answer.status, code: nil)) }
        do {
            return .found(try CredentialsDocument.parse(answer.body, tokenMember: "Token", isTemporary: true))
        } catch {
            throw self.error(error)
        }
    }

    private func get(
        _ role: String, root: String, host: String, token: String
    ) async throws(CredentialsError) -> CredentialsHTTP.Answer {
        var request = HTTPClientRequest(url: "\(root)/latest/meta-data/iam/security-credentials/\(role)")
        request.headers.add(name: "x-aws-ec2-metadata-token", value: token)
        return try await http.send(request, host: host, source: name)
    }
}

/// A role by the token of a web identity: IAM roles for service accounts on EKS.
///
/// Source: AWS SDKs and Tools Reference Guide, "Assume role with web identity provider".
struct WebIdentityCredentials: CredentialsSource {
    let name = "web identity"
    let environment: CredentialsEnvironment
    let sts: STSClient

    func find() async throws(CredentialsError) -> CredentialsFinding {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else {
            return .absent(reason: "AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let role = environment["AWS_ROLE_ARN"] else { throw error(.missing(setting: "AWS_ROLE_ARN")) }
        return .found(
            try await Self.assume(
                role, session: environment["AWS_ROLE_SESSION_NAME"], tokenFile: environment.path(path), at: sts,
                source: name))
    }

    /// The file is read each time: its token lives shorter than the program.
    static func assume(
        _ role: String, session: String?, tokenFile: String, at sts: STSClient, source: String
    ) async throws(CredentialsError) -> S3Credentials {
        let token = try await CredentialsFiles.token(tokenFile, source: source)
        return try await sts.ask(
            [
                ("Action", "AssumeRoleWithWebIdentity"), ("RoleArn", role), ("RoleSessionName", session ?? "tollgate"),
                ("WebIdentityToken", token),
            ], as: nil, source: source)
    }
}
