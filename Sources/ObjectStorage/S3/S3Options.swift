package import AsyncHTTPClient
internal import NIOCore
package import TollgateCore

/// What an ``S3ObjectStore`` does beyond the protocol's defaults.
package struct S3Options: Sendable {
    /// Canned ACL of new objects; nil: none, as buckets with ACLs disabled need it.
    package var acl: String?
    /// `AES256`, `aws:kms` or `aws:kms:dsse`; nil: the bucket's own.
    package var serverSideEncryption: String?
    /// nil: the bucket's own.
    package var storageClass: String?
    /// How much of an object is held in memory: a smaller one is stored by one request, a larger one in parts of this
    /// many bytes, of which there are at most 10,000.
    package var partBytes: Int
    /// How clients bring files themselves.
    package var uploadMethod: UploadMethod
    package var timeouts: S3Timeouts
    package var retries: S3RetryPolicy
    package var breaker: S3CircuitBreaker.Limits

    /// S3's smallest part but the last, and what a part is when nobody says otherwise.
    ///
    /// Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
    package static let smallestPartBytes = 5 << 20
    package static let standardPartBytes = 8 << 20
    static let largestPartCount = 10_000

    package init(
        acl: String? = nil, serverSideEncryption: String? = nil, storageClass: String? = nil,
        partBytes: Int = standardPartBytes, uploadMethod: UploadMethod = .post,
        timeouts: S3Timeouts = S3Timeouts(),
        retries: S3RetryPolicy = S3RetryPolicy(), breaker: S3CircuitBreaker.Limits = .init()
    ) {
        self.acl = acl
        self.serverSideEncryption = serverSideEncryption
        self.storageClass = storageClass
        self.partBytes = partBytes
        self.uploadMethod = uploadMethod
        self.timeouts = timeouts
        self.retries = retries
        self.breaker = breaker
    }

    /// As a form's fields.
    ///
    /// Source: Amazon S3 API Reference, "POST Object", form fields.
    var formFields: [HeaderField] { named(acl: "acl") }

    /// As headers of a request that makes an object.
    ///
    /// Source: Amazon S3 API Reference, "PutObject".
    var headers: [HeaderField] { named(acl: "x-amz-acl") }

    private func named(acl name: String) -> [HeaderField] {
        [
            (name, acl), ("x-amz-server-side-encryption", serverSideEncryption), ("x-amz-storage-class", storageClass),
        ].compactMap { name, value in value.map { HeaderField(name: name, value: $0) } }
    }
}

/// How long the store is waited for.
package struct S3Timeouts: Sendable, Equatable {
    /// Until a connection stands, TLS included.
    package var connect: Duration
    /// For the whole of a small call, and for the head of a stream. A body to send is given more, by ``limit(sending:)``.
    package var request: Duration
    /// Between two pieces of a stream, in either direction.
    package var idle: Duration

    package init(
        connect: Duration = .seconds(5), request: Duration = .seconds(30), idle: Duration = .seconds(60)
    ) {
        self.connect = connect
        self.request = request
        self.idle = idle
    }

    /// A store that takes less than 64 KiB a second counts as one that does not answer.
    func limit(sending byteCount: Int) -> Duration {
        request + .seconds(byteCount / 65_536)
    }

    /// A client of HTTP that keeps to these limits. It follows no redirect, as a signature holds for one host alone,
    /// and tries no connection twice, as the store's own retries do.
    package var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connect), read: TimeAmount(idle), write: TimeAmount(idle)),
            connectionPool: .init(idleTimeout: .seconds(20), concurrentHTTP1ConnectionsPerHostSoftLimit: 256),
            decompression: .disabled)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return configuration
    }
}
