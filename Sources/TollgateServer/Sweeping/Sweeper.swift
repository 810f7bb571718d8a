import AsyncAlgorithms
import Foundation
import Ledger
import Logging
import ObjectStorage
import ServiceLifecycle
import TollgateCore

/// Looks after uploads whose time has come: removes what arrived too late and gives reservations back.
///
/// Runs in every gateway; the ledger hands each upload to one of them. The store is asked outside of transactions,
/// and every step can be repeated: a sweeper that dies leaves work, never damage.
struct Sweeper: Service {
    let ledger: Ledger
    let uploads: UploadService
    let storage: any ObjectStorage
    let holding: Holding
    let interval: Duration
    let now: @Sendable () -> Date
    let logger: Logger

    /// Uploads taken at once.
    static let batch = 100
    /// How long another gateway leaves a taken upload alone.
    static let claimSeconds = 300

    func run() async throws {
        for await _ in AsyncTimerSequence(interval: interval, clock: .continuous).cancelOnGracefulShutdown() {
            do {
                try await sweep()
            } catch is CancellationError {
                return
            } catch {
                logger.warning("sweep failed; the next one goes on", metadata: [LogKeys.error: .string("\(error)")])
            }
        }
    }

    /// Deals with everything that is due now.
    func sweep() async throws {
        while true {
            let due = try await ledger.takeDue(at: now(), limit: Self.batch, claimSeconds: Self.claimSeconds)
            for upload in due {
                do {
                    try await settle(upload)
                } catch let error as ObjectStorageError {
                    // It is due again when its claim is over.
                    logger.warning(
                        "the store did not answer the sweeper",
                        metadata: [
                            LogKeys.uploadID: .string(upload.upload.id.description),
                            LogKeys.error: .string("\(error)"),
                        ])
                }
            }
            if due.count < Self.batch { return }
        }
    }

    private func settle(_ due: DueUpload) async throws {
        let upload = due.upload
        switch upload.status {
        case .pending: try await expire(upload)
        case .aborted, .expired, .rejected, .deleted: try await removeLateArrivals(due)
        case .finished: try await checkAgain(due)
        }
    }

    /// Nobody finished it in time: what arrived is removed, or finished where the tenant wants that.
    private func expire(_ upload: Upload) async throws {
        if let limits = try await ledger.tenant(upload.tenantID)?.limits, limits.unfinished == .finish {
            do {
                _ = try await uploads.finish(upload.id, of: upload.tenantID, content: limits.verifyContent)
                return
            } catch UploadError.objectMissing, UploadError.notFound {
                // Nothing to finish, or content that was to replace another's: it expires like any other.
            } catch UploadError.rejected, UploadError.invalidState {
                return
            }
        }
        // First the row: a finish that comes now finds it expired, rather than an object that is about to go.
        let now = now()
        let expired = try await ledger.withdraw(
            upload.id, of: upload.tenantID, as: .expire, terms: holding.over(at: now),
            formExpiresAt: upload.expiresAt, at: now)
        if expired != nil { try await storage.delete([upload.key]) }
    }

    private func removeLateArrivals(_ due: DueUpload) async throws {
        try await storage.delete([due.upload.key])
        _ = try await ledger.settle(due, terms: holding.removed(due.upload, at: now()))
    }

    /// The form could be used once more after the finish: another object than the one that was counted is checked like
    /// at a finish, and counted in its place.
    private func checkAgain(_ due: DueUpload) async throws {
        let upload = due.upload
        guard let object = try await storage.head(upload.key) else {
            return try await reject(upload, UploadRejection(reason: .contentMismatch, detail: Self.removed))
        }
        if object.etag == upload.etag, let storedBytes = upload.storedBytes {
            _ = try await ledger.settle(
                due,
                terms: holding.finished(
                    upload, storedBytes: storedBytes, storeVerifiesChecksums: object.checksumSHA256 != nil, at: now()))
            return
        }
        let limits = try await ledger.tenant(upload.tenantID)?.limits ?? .standard
        switch try await uploads.examine(upload, limits.verifyContent) {
        case .missing: try await reject(upload, UploadRejection(reason: .contentMismatch, detail: Self.removed))
        case .rejected(let rejection): try await reject(upload, rejection)
        case .passed(let object): try await count(object, of: due)
        }
    }

    private func count(_ object: StoredObject, of due: DueUpload) async throws {
        let upload = due.upload
        let now = now()
        let terms = holding.finished(
            upload, storedBytes: object.size, storeVerifiesChecksums: object.checksumSHA256 != nil, at: now)
        switch try await ledger.resettle(due, object: FinishedObject(object), terms: terms, at: now) {
        case .settled, .dealtWith: return
        case .noRoom: try await reject(upload, UploadRejection(reason: .contentMismatch, detail: Self.grown))
        }
    }

    private func reject(_ upload: Upload, _ rejection: UploadRejection) async throws {
        let now = now()
        let rejected = try await ledger.withdraw(
            upload.id, of: upload.tenantID, as: .reject(rejection), terms: holding.withdrawn(upload, at: now), at: now)
        // Somebody else dealt with it, and with its object.
        guard rejected != nil else { return }
        try await storage.delete([upload.key])
    }

    private static let removed = "the object was removed after the upload was finished"
    private static let grown = "the object was changed after the upload was finished, and needs more room than it held"
}
