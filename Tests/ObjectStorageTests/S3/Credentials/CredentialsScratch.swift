import AsyncHTTPClient
import Foundation

@testable import ObjectStorage
@testable import TollgateCore

/// Files in a folder of their own, and a chain over them.
final class CredentialsScratch: Sendable {
    static let now = Date(timeIntervalSince1970: 1_451_347_200)
    let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tollgate-\(UUID())").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("\(directory) stays: \(error)") }
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = "\(directory)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// What a chain finds with these variables; neither the home of whoever runs the tests nor their instance counts.
    func find(_ variables: [String: String] = [:], settings: S3Credentials? = nil) async throws -> S3Credentials {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: S3CredentialsChain.clientConfiguration)
        let isolated = [
            "HOME": directory, "AWS_CONFIG_FILE": "\(directory)/config",
            "AWS_SHARED_CREDENTIALS_FILE": "\(directory)/credentials", "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let chain = S3CredentialsChain(
            settings: settings, environment: isolated.merging(variables) { $1 }, region: "eu-central-1", client: client,
            now: { Self.now })
        let result: Result<S3Credentials, any Error>
        do { result = .success(try await chain.credentials()) } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    /// The error's text; empty when there was none.
    func refusal(_ variables: [String: String]) async -> String {
        do {
            _ = try await find(variables)
            return ""
        } catch {
            return "\(error)"
        }
    }

    static let document = """
        {"AccessKeyId":"AKREMOTE","SecretAccessKey":"hush","Token":"tok","Expiration":"2015-12-29T06:00:00Z"}
        """
    static func sts(_ action: String) -> String {
        """
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>
          <AccessKeyId>AKROLE</AccessKeyId><SecretAccessKey>hush&amp;</SecretAccessKey>
          <SessionToken>tok</SessionToken><Expiration>2015-12-29T06:00:00Z</Expiration>
        </Credentials></\(action)Result></\(action)Response>
        """
    }
}
