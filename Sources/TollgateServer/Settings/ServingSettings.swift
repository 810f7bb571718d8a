import OpenSSL
package import TollgateCore

/// Settings that a gateway can serve on: what `serve` requires is there, and says so in its types.
package struct ServingSettings: Sendable {
    /// The store, with what it needs.
    package enum Store: Sendable {
        case local(Settings.Storage.Local, accessKeyID: String, secretAccessKey: Secret)
        case s3(Settings.Storage.S3, bucket: String, region: String)
    }

    package let settings: Settings
    package let databaseURL: DatabaseURL
    /// At least 32 bytes.
    package let secret: Secret
    package let store: Store
    /// nil: finished files are read from the store.
    package let cdn: CDN?

    package static let minimumSecretBytes = 32
}

extension Settings {
    /// The rules of `serve`, beyond those that each value obeys by itself.
    /// - Throws: every rule that is broken.
    package func serving() throws(SettingsError) -> ServingSettings {
        var problems: [SettingsProblem] = []
        let databaseURL = required(
            database.url, "database.url", "is required: postgresql://user:password@host/database", &problems)
        let secret = required(secret, "secret", "is required: 32 random bytes or more sign upload tokens", &problems)
        if let secret, secret.byteCount < ServingSettings.minimumSecretBytes {
            problems.append(problem("secret", "must be at least 32 bytes long"))
        }
        if let previousSecret, previousSecret.byteCount < ServingSettings.minimumSecretBytes {
            problems.append(problem("secret_previous", "must be at least 32 bytes long"))
        }
        let store = servingStore(&problems)
        let cdn = servingCDN(&problems)
        guard problems.isEmpty, let databaseURL, let secret, let store else { throw SettingsError(problems: problems) }
        return ServingSettings(settings: self, databaseURL: databaseURL, secret: secret, store: store, cdn: cdn)
    }

    /// The database, for the commands that need it and nothing else.
    package func requiredDatabaseURL() throws(SettingsError) -> DatabaseURL {
        var problems: [SettingsProblem] = []
        let url = required(
            database.url, "database.url", "is required: postgresql://user:password@host/database", &problems)
        guard let url else { throw SettingsError(problems: problems) }
        return url
    }

    private func servingStore(_ problems: inout [SettingsProblem]) -> ServingSettings.Store? {
        switch storage.backend {
        case .local:
            let need = "is required where storage.backend is local"
            let identifier = required(storage.local.accessKeyID, "storage.local.access_key_id", need, &problems)
            let secret = required(storage.local.secretAccessKey, "storage.local.secret_access_key", need, &problems)
            guard let identifier, let secret else { return nil }
            return .local(storage.local, accessKeyID: identifier, secretAccessKey: secret)
        case .s3:
            let need = "is required where storage.backend is s3"
            let bucket = required(storage.s3.bucket, "storage.s3.bucket", need, &problems)
            let region = required(storage.s3.region, "storage.s3.region", need, &problems)
            guard let bucket, let region else { return nil }
            return .s3(storage.s3, bucket: bucket, region: region)
        }
    }

    private func servingCDN(_ problems: inout [SettingsProblem]) -> CDN? {
        guard let url = storage.cdnURL else { return nil }
        guard let keyPairID = storage.cdnKeyPairID, let path = storage.cdnPrivateKeyFile else {
            return CDN(url: url.description, signer: nil)
        }
        do throws(PrivateKeyFileError) {
            let key = try PrivateKeyFile(path: path).read()
            return CDN(url: url.description, signer: CloudFrontSigner(keyPairID: keyPairID, key: key))
        } catch {
            problems.append(problem("storage.cdn_private_key_file", error.description))
            return nil
        }
    }

    private func required<Value>(
        _ value: Value?, _ path: String, _ message: String, _ problems: inout [SettingsProblem]
    ) -> Value? {
        if value == nil { problems.append(problem(path, message)) }
        return value
    }

    private func problem(_ path: String, _ message: String) -> SettingsProblem {
        .about(path: path, source: entries.first { $0.definition.path == path }?.source ?? .standard, message)
    }
}
