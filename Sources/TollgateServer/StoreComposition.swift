import AsyncHTTPClient
import Foundation
import Logging
import NIOPosix
import ObjectStorage
import TollgateCore

/// The store of the settings, and the endpoint that serves it where it is the embedded one.
struct StoreComposition {
    let storage: any ObjectStorage
    /// nil: the store is somewhere else and answers for itself.
    let endpoint: LocalStoreEndpoint?
    /// Where the gateway itself reaches the bucket; nil: it is on disk.
    let ownAddress: S3Endpoint?
    /// Where browsers reach it.
    let publicAddress: S3Endpoint

    init(
        _ store: ServingSettings.Store, publicURL: String, slowestUpload: Duration, threads: NIOThreadPool,
        httpClient: HTTPClient, credentials: StoreCredentials?, logger: Logger, at now: Date
    ) async throws {
        switch store {
        case .local(let settings, let accessKeyID, let secretAccessKey):
            let secret = secretAccessKey.revealed
            let bucket = try S3Endpoint(url: publicURL + "/storage", bucket: settings.bucket, style: .path)
            let local = try await LocalObjectStore(
                directory: settings.directory, endpoint: bucket,
                signer: S3Signer(
                    credentials: S3Credentials(accessKeyID: accessKeyID, secretAccessKey: secret),
                    region: settings.region, at: now),
                isDurable: settings.isDurable, threads: threads)
            storage = local
            endpoint = LocalStoreEndpoint(
                store: local,
                judge: S3Judge(bucket: settings.bucket, region: settings.region) { candidate in
                    candidate == accessKeyID ? secret : nil
                }, address: bucket, slowestUpload: slowestUpload)
            ownAddress = nil
            publicAddress = bucket
        case .s3(let settings, let bucket, let region):
            guard let credentials else { preconditionFailure("an S3 store comes with its credentials") }
            // Credentials that cannot be had stop the start, not the first upload.
            _ = try await credentials.signer(at: now)
            let address = try settings.endpoint(bucket: bucket, region: region)
            ownAddress = address
            publicAddress = try settings.publicEndpoint(bucket: bucket) ?? address
            storage = S3ObjectStore(
                endpoint: address, publicEndpoint: publicAddress, httpClient: httpClient,
                signer: { try await credentials.signer(at: $0) }, signerAtHand: { credentials.signerAtHand(at: $0) },
                options: settings.options, logger: logger)
            endpoint = nil
        }
    }
}

extension Settings.Storage.S3 {
    /// The URL of the store's S3 interface: that of the settings, else Amazon's of the region.
    ///
    /// Source: AWS General Reference, "Amazon Simple Storage Service endpoints and quotas".
    package func endpointURL(region: String) -> String {
        endpoint?.description ?? "https://s3.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }

    /// - Throws: `S3EndpointError`.
    func endpoint(bucket: String, region: String) throws -> S3Endpoint {
        try S3Endpoint(url: endpointURL(region: region), bucket: bucket, style: style)
    }

    /// - Throws: `S3EndpointError`.
    func publicEndpoint(bucket: String) throws -> S3Endpoint? {
        try publicEndpoint.map { try S3Endpoint(url: $0.description, bucket: bucket, style: style) }
    }

    private var style: S3Endpoint.Style { usesPathStyle ? .path : .virtualHosted }

    var timeouts: S3Timeouts { S3Timeouts(connect: connectTimeout, request: requestTimeout, idle: idleTimeout) }

    var options: S3Options {
        S3Options(
            acl: acl, serverSideEncryption: serverSideEncryption, storageClass: storageClass,
            partBytes: partMebibytes << 20, uploadMethod: uploadMethod, timeouts: timeouts)
    }
}
