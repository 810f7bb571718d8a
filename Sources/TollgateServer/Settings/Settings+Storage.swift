package import TollgateCore

extension Settings {
    package struct Storage: Sendable {
        package enum Backend: String, Sendable, CaseIterable {
            case local, s3
        }

        package let backend: Backend
        /// Begins every object key: empty, or ends in a slash.
        package let keyPrefix: String
        /// Finished files are served from here rather than by presigned URLs.
        package let cdnURL: HTTPURL?
        /// With the key file: links to the CDN are signed for CloudFront. Both or neither.
        package let cdnKeyPairID: String?
        package let cdnPrivateKeyFile: String?
        package let local: Local
        package let s3: S3

        init(from reader: inout SettingsReader) {
            backend = reader.read(
                "storage.backend", .choice, default: .local, "Where objects lie: `local` (on disk) or `s3`")
            keyPrefix = reader.read(
                "storage.key_prefix", .keyPrefix, default: "",
                "Begins every object key, when the bucket is shared; a slash is added at its end")
            cdnURL = reader.readIfPresent(
                "storage.cdn_url", .httpURL,
                "Finished files are read from `<URL>/<key>` rather than by presigned URLs; empty: none")
            cdnKeyPairID = reader.readIfPresent(
                "storage.cdn_key_pair_id", .word("a key pair id", 1...128, and: "-_"),
                "Id of the CloudFront public key that links to the CDN are signed for; empty: they are not signed")
            cdnPrivateKeyFile = reader.readIfPresent(
                "storage.cdn_private_key_file", .file,
                "File with the private key to it: PEM, RSA, 2048 bits, no passphrase")
            local = Local(from: &reader)
            s3 = S3(from: &reader)
            if backend == .s3 { s3.checkCredentials(&reader) }
            checkCDN(&reader)
        }

        var warnings: [String] {
            local.warnings + (cdnPrivateKeyFile.map { PrivateKeyFile(path: $0).warnings } ?? [])
        }

        private func checkCDN(_ reader: inout SettingsReader) {
            if (cdnKeyPairID == nil) != (cdnPrivateKeyFile == nil) {
                let path = cdnKeyPairID == nil ? "storage.cdn_key_pair_id" : "storage.cdn_private_key_file"
                reader.refuse(path, "is missing: a key pair id and the private key's file come both or not at all")
            } else if cdnKeyPairID != nil, cdnURL == nil {
                reader.refuse("storage.cdn_url", "is required where a key pair signs links to the CDN")
            }
        }
    }
}

extension Settings.Storage {
    /// The embedded store on disk.
    package struct Local: Sendable {
        package let directory: String
        package let bucket: String
        package let region: String
        package let accessKeyID: String?
        package let secretAccessKey: Secret?
        /// Whether an object is on the disk before its upload is answered.
        package let isDurable: Bool
        let warnings: [String]

        init(from reader: inout SettingsReader) {
            (directory, _) = reader.read(
                "storage.local.directory", .path, else: ".tollgate/objects",
                described: "`.tollgate/objects`; `<data>/objects` under `dev`",
                "An object lies at `<directory>/<bucket>/<key>`")
            bucket = reader.read("storage.local.bucket", .bucket, default: "tollgate", "Bucket of the local store")
            region = reader.read("storage.local.region", .region, default: "us-east-1", "Region of the local store")
            accessKeyID = reader.readIfPresent(
                "storage.local.access_key_id", .accessKeyID,
                "Access key id that signs forms and URLs; `serve` requires it, `dev` makes one")
            secretAccessKey = reader.readIfPresent(
                "storage.local.secret_access_key", .secret("a secret access key"),
                "Its secret; `serve` requires it, `dev` makes one")
            isDurable = reader.read(
                "storage.local.durable", .boolean, default: true,
                "Whether a file is on the disk before its upload is answered. `false` is for benchmarks alone: a crash of "
                    + "the machine loses files that clients were told are stored")
            var warnings: [String] = []
            if let secretAccessKey, secretAccessKey.byteCount < 16 {
                warnings.append("TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY is shorter than 16 bytes: it can be guessed")
            }
            if !isDurable {
                warnings.append(
                    "TOLLGATE_STORAGE_LOCAL_DURABLE is false: a crash of the machine LOSES FILES that clients were told "
                        + "are stored; this is for benchmarks alone")
            }
            self.warnings = warnings
        }
    }

    /// Amazon S3 or a store that speaks its protocol.
    package struct S3: Sendable {
        /// Nil: Amazon's own, by region.
        package let endpoint: HTTPURL?
        /// What forms and URLs for browsers name, where it differs from `endpoint`.
        package let publicEndpoint: HTTPURL?
        package let region: String?
        package let bucket: String?
        package let usesPathStyle: Bool
        /// Nil: credentials are found the usual way (environment, shared files, container, instance).
        package let accessKeyID: String?
        package let secretAccessKey: Secret?
        package let sessionToken: Secret?
        package let acl: String?
        package let serverSideEncryption: String?
        package let storageClass: String?
        package let uploadMethod: UploadMethod
        /// MiB of an object that are held at once, and that one part has.
        package let partMebibytes: Int
        package let connectTimeout: Duration
        package let requestTimeout: Duration
        package let idleTimeout: Duration

        init(from reader: inout SettingsReader) {
            endpoint = reader.readIfPresent(
                "storage.s3.endpoint", .httpURL, "URL of the store's S3 interface; empty: Amazon S3")
            publicEndpoint = reader.readIfPresent(
                "storage.s3.public_endpoint", .httpURL, "URL by which browsers reach the store, when it differs")
            region = reader.readIfPresent("storage.s3.region", .region, "Region of the bucket; required for `s3`")
            bucket = reader.readIfPresent("storage.s3.bucket", .bucket, "Bucket of the objects; required for `s3`")
            usesPathStyle = reader.read(
                "storage.s3.path_style", .boolean, default: false,
                "The bucket's name stands in the path, not in the host; most stores other than Amazon's need it")
            accessKeyID = reader.readIfPresent(
                "storage.s3.access_key_id", .accessKeyID,
                "Access key id; empty: the AWS chain (environment, shared files, container, instance)")
            secretAccessKey = reader.readIfPresent(
                "storage.s3.secret_access_key", .secret("a secret access key"),
                "Its secret")
            sessionToken = reader.readIfPresent(
                "storage.s3.session_token", .secret("a session token"),
                "Session token of temporary credentials")
            acl = reader.readIfPresent(
                "storage.s3.acl", .cannedACL,
                "Canned ACL of new objects; empty: none, as buckets with ACLs disabled need it")
            serverSideEncryption = reader.readIfPresent(
                "storage.s3.server_side_encryption", .serverSideEncryption,
                "Encryption of new objects: AES256, aws:kms or aws:kms:dsse; empty: the bucket's own")
            storageClass = reader.readIfPresent(
                "storage.s3.storage_class", .word("a storage class", 1...64, and: "_-"),
                "Storage class of new objects, such as STANDARD_IA; empty: the bucket's own")
            uploadMethod = reader.read(
                "storage.s3.upload_method", .choice, default: .post,
                "How clients send files: `post` (a form) or `put`, for stores without POST policies such as Cloudflare R2"
            )
            partMebibytes = reader.read(
                "storage.s3.part_mib", .integer(5...512, unit: "MiB"), default: 8,
                "Files through the gateway are stored in parts of this size, 10,000 at most; each holds one in memory")
            connectTimeout = reader.read(
                "storage.s3.connect_timeout_seconds", .seconds(1...60), default: .seconds(5),
                "A connection to the store that does not stand by then has failed")
            requestTimeout = reader.read(
                "storage.s3.request_timeout_seconds", .seconds(1...300), default: .seconds(30),
                "A request that the store has not answered by then has failed; one with a file's bytes has a second "
                    + "more for each 64 KiB")
            idleTimeout = reader.read(
                "storage.s3.idle_timeout_seconds", .seconds(1...600), default: .seconds(60),
                "A stream to or from the store that stands still for so long has failed")
        }

        fileprivate func checkCredentials(_ reader: inout SettingsReader) {
            if (accessKeyID == nil) != (secretAccessKey == nil) {
                let path = accessKeyID == nil ? "storage.s3.access_key_id" : "storage.s3.secret_access_key"
                reader.refuse(path, "is missing: an access key id and its secret come both or not at all")
            }
            if sessionToken != nil, accessKeyID == nil, secretAccessKey == nil {
                reader.refuse("storage.s3.session_token", "has no meaning without an access key id and its secret")
            }
        }
    }
}
