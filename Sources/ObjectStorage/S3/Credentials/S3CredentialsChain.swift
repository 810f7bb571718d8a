package import AsyncHTTPClient
package import Foundation
internal import NIOCore
package import TollgateCore

/// The sources of credentials, in the order of AWS's SDKs; the first that is configured gives them or fails.
///
/// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
package struct S3CredentialsChain: Sendable {
    private let sources: [any CredentialsSource]

    /// - Parameters:
    ///   - settings: the gateway's own, which win over everything.
    ///   - environment: as it was at the start.
    ///   - region: the bucket's; STS is asked in AWS_REGION or AWS_DEFAULT_REGION where one is set.
    ///   - client: made with ``clientConfiguration``: it must not follow redirects, which would carry tokens away.
    ///   - now: the instant to sign for.
    package init(
        settings: S3Credentials?, environment: [String: String], region: String, client: HTTPClient,
        now: @escaping @Sendable () -> Date
    ) {
        let environment = CredentialsEnvironment(environment)
        let sts = STSClient(
            http: CredentialsHTTP(client: client, timeout: .seconds(5), attempts: 3),
            region: environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? region,
            endpoint: environment["AWS_ENDPOINT_URL_STS"], now: now)
        let variables = EnvironmentCredentials(environment: environment)
        let container = ContainerCredentials(
            environment: environment, http: CredentialsHTTP(client: client, timeout: .seconds(2), attempts: 3))
        let instance = InstanceCredentials(
            environment: environment, http: CredentialsHTTP(client: client, timeout: .seconds(1), attempts: 2))
        sources = [
            SettingsCredentials(credentials: settings), variables,
            WebIdentityCredentials(environment: environment, sts: sts),
            ProfileCredentials(
                environment: environment, sts: sts,
                named: ["Environment": variables, "EcsContainer": container, "Ec2InstanceMetadata": instance]),
            container, instance,
        ]
    }

    /// What a client that carries tokens needs: no redirects, and little patience for addresses that nobody has.
    package static var clientConfiguration: HTTPClient.Configuration {
        HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(2), read: .seconds(5)))
    }

    /// Asks the sources in turn.
    ///
    /// - Returns: the credentials of the first source that is configured.
    /// - Throws: that source's error, or one that lists all that was looked for.
    package func credentials() async throws(CredentialsError) -> S3Credentials {
        var absences: [CredentialsError.Absence] = []
        for source in sources {
            switch try await source.find() {
            case .found(let credentials): return credentials
            case .absent(let reason): absences.append(.init(source: source.name, reason: reason))
            }
        }
        throw CredentialsError(source: "chain", .nothingFound(absences))
    }
}
