package import AsyncHTTPClient
package import Foundation
package import Logging
package import TollgateCore

/// Objects in one bucket of Amazon S3, or of a store that speaks its protocol.
///
/// What a store lacks is not made up: one without checksums shows none in ``StoredObject/checksumSHA256``, and none of
/// them keeps the SHA-256 of an object that was stored in parts.
package struct S3ObjectStore: ObjectStorage {
    let client: S3Client
    let options: S3Options
    let logger: Logger
    let now: @Sendable () -> Date
    private let publicEndpoint: S3Endpoint
    private let signer: @Sendable (Date) async throws -> S3Signer
    private let signerAtHand: @Sendable (Date) -> S3Signer?

    /// - Parameters:
    ///   - endpoint: where the gateway itself reaches the bucket.
    ///   - publicEndpoint: where browsers do; forms and URLs are signed for it.
    ///   - httpClient: made from ``S3Timeouts/clientConfiguration``. The caller shuts it down, after the last use of
    ///     the store.
    ///   - signer: the credentials that hold at an instant. Asked before each request.
    ///   - signerAtHand: the same, where they need not be waited for.
    ///   - now: the time to sign for.
    ///   - options: what differs from the defaults.
    ///   - logger: told of failures, with the store's own id of the request.
    package init(
        endpoint: S3Endpoint, publicEndpoint: S3Endpoint? = nil, httpClient: HTTPClient,
        signer: @escaping @Sendable (Date) async throws -> S3Signer,
        signerAtHand: @escaping @Sendable (Date) -> S3Signer? = { _ in nil },
        now: @escaping @Sendable () -> Date = { Date() }, options: S3Options = S3Options(), logger: Logger
    ) {
        self.init(
            endpoint: endpoint, publicEndpoint: publicEndpoint, httpClient: httpClient, signer: signer,
            signerAtHand: signerAtHand, now: now, options: options, logger: logger, timing: S3Timing())
    }

    init(
        endpoint: S3Endpoint, publicEndpoint: S3Endpoint? = nil, httpClient: HTTPClient,
        signer: @escaping @Sendable (Date) async throws -> S3Signer,
        signerAtHand: @escaping @Sendable (Date) -> S3Signer? = { _ in nil },
        now: @escaping @Sendable () -> Date = { Date() }, options: S3Options, logger: Logger, timing: S3Timing
    ) {
        client = S3Client(
            endpoint: endpoint, httpClient: httpClient, signer: signer, now: now, options: options, logger: logger,
            timing: timing)
        self.publicEndpoint = publicEndpoint ?? endpoint
        self.signer = signer
        self.signerAtHand = signerAtHand
        self.now = now
        self.options = options
        self.logger = logger
    }

    package var uploadMethod: UploadMethod { options.uploadMethod }

    package func presignedUpload(for permission: UploadPermission, at now: Date) async throws -> SignedUpload {
        try sign(permission, with: await signer(now), at: now)
    }

    package func presignedUploadAtOnce(for permission: UploadPermission, at now: Date) throws -> SignedUpload? {
        try signerAtHand(now).map { try sign(permission, with: $0, at: now) }
    }

    private func sign(_ permission: UploadPermission, with signer: S3Signer, at now: Date) throws -> SignedUpload {
        let form = UploadForm(
            key: permission.key, contentType: permission.contentType, length: permission.length,
            expiresAt: permission.expiresAt, checksumSHA256: permission.checksumSHA256,
            furtherFields: options.formFields)
        return switch options.uploadMethod {
        case .post: .post(PresignedPost.sign(form, to: publicEndpoint, with: signer, at: now))
        case .put: .put(try PresignedPut.sign(form, to: publicEndpoint, with: signer, at: now))
        }
    }

    package func presignedGet(
        _ key: ObjectKey, expiresIn: Int, overriding overrides: ResponseOverrides, at now: Date
    ) async throws -> PresignedURL {
        PresignedURL.sign(
            .get, key, at: publicEndpoint, query: overrides.query, expiresIn: expiresIn, with: try await signer(now),
            now: now)
    }

    package func check() async throws {
        try await mapped { try await headBucket() }
    }

    /// - Throws: ``S3Failure``, where there is no such bucket too.
    func headBucket() async throws {
        try await client.send(S3Call(operation: "HeadBucket", method: "HEAD")) { _ throws(S3Failure) in }
    }

    /// Turns failures of calls into those of the protocol.
    func mapped<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let failure as S3Failure {
            throw failure.storageError
        }
    }
}
