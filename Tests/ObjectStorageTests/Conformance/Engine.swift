import AsyncHTTPClient
import Foundation
import Logging
import NIOPosix
import Testing
import TollgateCore

@testable import ObjectStorage

/// A store that the conformance suite runs over.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case local = "the local store"
    case seaweedFS = "SeaweedFS"
    case radosGateway = "Ceph RGW"

    var testDescription: String { rawValue }

    /// The engines that are there: the local store always, another where its variable names a file with its address.
    static let present = allCases.filter { $0 == .local || $0.file != nil }
    static let presentS3 = present.filter { $0 != .local }

    /// Whether a head shows the SHA-256 that came with a put.
    var keepsChecksums: Bool { self != .radosGateway }

    /// Whether keys are listed by their bytes. SeaweedFS walks directories: what stands beside one comes before what
    /// lies in it only if its name does.
    var listsByBytes: Bool { self != .seaweedFS }

    private var file: String? {
        let environment = ProcessInfo.processInfo.environment
        return switch self {
        case .local: nil
        case .seaweedFS: environment["TOLLGATE_TEST_SEAWEEDFS"]
        case .radosGateway: environment["TOLLGATE_TEST_RADOSGW"]
        }
    }

    /// The address and the key pair in the engine's file.
    func address() throws -> EngineAddress {
        let text = try String(contentsOf: URL(filePath: try #require(file)), encoding: .utf8)
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        return EngineAddress(
            url: try #require(values["S3_ENDPOINT"]), bucket: try #require(values["S3_BUCKET"]),
            region: try #require(values["S3_REGION"]),
            credentials: S3Credentials(
                accessKeyID: try #require(values["S3_ACCESS_KEY"]),
                secretAccessKey: try #require(values["S3_SECRET_KEY"])))
    }

    /// Runs a test over the engine, below a prefix of its own.
    func run(_ test: (any ObjectStorage, Prefix) async throws -> Void) async throws {
        if self == .local {
            let scratch = try await Scratch()
            return try await test(scratch.store, Prefix())
        }
        try await runS3 { store, prefix in try await test(store, prefix) }
    }

    /// Runs a test over an S3 engine. What it leaves below its prefix is removed.
    func runS3(
        options: S3Options = S3Options(partBytes: S3Options.smallestPartBytes),
        _ test: (S3ObjectStore, Prefix) async throws -> Void
    ) async throws {
        let address = try address()
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: options.timeouts.clientConfiguration)
        let store = try address.store(client, options)
        let prefix = Prefix()
        do {
            try await test(store, prefix)
            try await store.delete(
                try await store.list(prefix: prefix.text, after: nil, limit: 1000).entries.map(\.key))
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

/// Where an engine listens, and who may use it.
struct EngineAddress: Sendable {
    var url: String
    var bucket: String
    var region: String
    var credentials: S3Credentials

    func store(_ client: HTTPClient, _ options: S3Options) throws -> S3ObjectStore {
        let credentials = credentials
        let region = region
        return S3ObjectStore(
            endpoint: try S3Endpoint(url: url, bucket: bucket, style: .path), httpClient: client,
            signer: { S3Signer(credentials: credentials, region: region, at: $0) }, options: options,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Begins the keys of one test.
struct Prefix: Sendable {
    let text = "conformance/\(UUID().uuidString.lowercased())/"

    func key(_ name: String) -> ObjectKey { Scratch.key(text + name) }
}
