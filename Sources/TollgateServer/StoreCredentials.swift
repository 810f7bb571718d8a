import Foundation
import Synchronization
import TollgateCore

/// Where the key pair for an S3 store comes from.
enum StoreCredentials {
    /// The credentials of the settings.
    /// - Throws: ``MissingStoreCredentials`` when there are none.
    static func signer(
        for settings: Settings.Storage.S3, region: String, at now: Date
    ) throws -> @Sendable (Date) async throws -> S3Signer {
        guard let identifier = settings.accessKeyID, let secret = settings.secretAccessKey else {
            throw MissingStoreCredentials()
        }
        let credentials = S3Credentials(
            accessKeyID: identifier, secretAccessKey: secret.revealed, sessionToken: settings.sessionToken?.revealed)
        let signer = DailySigner(S3Signer(credentials: credentials, region: region, at: now))
        return { signer.signer(at: $0) }
    }
}

/// Keeps a signer whose key is of the present day.
private final class DailySigner: Sendable {
    private let current: Mutex<S3Signer>

    init(_ signer: S3Signer) {
        current = Mutex(signer)
    }

    func signer(at now: Date) -> S3Signer {
        current.withLock { signer in
            signer = signer.renewed(at: now)
            return signer
        }
    }
}

/// `TOLLGATE_STORAGE_BACKEND=s3` without a key pair.
struct MissingStoreCredentials: Error, CustomStringConvertible {
    var description: String {
        "TOLLGATE_STORAGE_S3_ACCESS_KEY_ID and TOLLGATE_STORAGE_S3_SECRET_ACCESS_KEY are required where "
            + "TOLLGATE_STORAGE_BACKEND is s3"
    }
}
