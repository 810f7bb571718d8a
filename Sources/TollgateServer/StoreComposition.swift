import Foundation
import NIOPosix
import ObjectStorage
import TollgateCore

/// The store of the settings, and the endpoint that serves it where it is the embedded one.
struct StoreComposition {
    let storage: any ObjectStorage
    /// nil: the store is somewhere else and answers for itself.
    let endpoint: LocalStoreEndpoint?

    init(
        _ store: ServingSettings.Store, publicURL: String, slowestUpload: Duration, threads: NIOThreadPool, at now: Date
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
                threads: threads)
            storage = local
            endpoint = LocalStoreEndpoint(
                store: local,
                judge: S3Judge(bucket: settings.bucket, region: settings.region) { candidate in
                    candidate == accessKeyID ? secret : nil
                }, address: bucket, slowestUpload: slowestUpload)
        case .s3:
            throw UnsupportedStore()
        }
    }
}

/// `TOLLGATE_STORAGE_BACKEND=s3` before there is an S3 client.
struct UnsupportedStore: Error, CustomStringConvertible {
    var description: String { "TOLLGATE_STORAGE_BACKEND=s3 is not supported by this version; use local" }
}
