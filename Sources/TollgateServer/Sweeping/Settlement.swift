import Foundation
import Ledger
import ObjectStorage
import TollgateCore

/// What becomes of one upload that is due and not over yet. Objects are not removed here: an upload that is expired or
/// rejected is due at once, for the removals.
struct Settlement: Sendable {
    let ledger: Ledger
    let uploads: UploadService
    let storage: any ObjectStorage
    let holding: Holding
    let now: @Sendable () -> Date

    func settle(_ due: DueUpload) async throws {
        switch due.upload.status {
        case .pending: try await expire(due)
        case .finished: try await checkAgain(due)
        case .aborted, .expired, .rejected, .deleted: return
        }
    }

    /// Nobody finished it in time: it expires, or is finished where the tenant wants that and something arrived.
    private func expire(_ due: DueUpload) async throws {
        let upload = due.upload
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
        // A finish that comes now finds it expired, rather than an object that is about to go.
        let now = now()
        // One that was renewed or taken by another meanwhile stays pending.
        _ = try await ledger.withdraw(
            upload.id, of: upload.tenantID, as: .expire, terms: holding.over(at: now),
            formExpiresAt: upload.expiresAt, claimedUntil: due.claimedUntil, at: now)
    }

    /// The form could be used once more after the finish: another object than the one that was counted is checked like
    /// at a finish, and counted in its place.
    private func checkAgain(_ due: DueUpload) async throws {
        let upload = due.upload
        // The time before the look: what arrives behind it is looked at again.
        let now = now()
        guard let object = try await storage.head(upload.key) else {
            return try await reject(due, UploadRejection(reason: .contentMismatch, detail: Self.removed))
        }
        if object.etag == upload.etag, let storedBytes = upload.storedBytes {
            _ = try await ledger.settle(
                due,
                terms: holding.finished(
                    upload, storedBytes: storedBytes, storeVerifiesChecksums: object.checksumSHA256 != nil, at: now))
            return
        }
        let limits = try await ledger.tenant(upload.tenantID)?.limits ?? .standard
        switch try await uploads.examine(upload, limits.verifyContent) {
        case .missing: try await reject(due, UploadRejection(reason: .contentMismatch, detail: Self.removed))
        case .rejected(let rejection): try await reject(due, rejection)
        case .passed(let object): try await count(object, of: due, seenAt: now)
        }
    }

    private func count(_ object: StoredObject, of due: DueUpload, seenAt now: Date) async throws {
        let upload = due.upload
        let terms = holding.finished(
            upload, storedBytes: object.size, storeVerifiesChecksums: object.checksumSHA256 != nil, at: now)
        switch try await ledger.resettle(due, object: FinishedObject(object), terms: terms, at: now) {
        case .settled, .dealtWith: return
        case .noRoom: try await reject(due, UploadRejection(reason: .contentMismatch, detail: Self.grown))
        }
    }

    /// Where somebody else dealt with it meanwhile, nothing changes.
    private func reject(_ due: DueUpload, _ rejection: UploadRejection) async throws {
        let upload = due.upload
        let now = now()
        _ = try await ledger.withdraw(
            upload.id, of: upload.tenantID, as: .reject(rejection), terms: holding.withdrawn(upload, at: now),
            claimedUntil: due.claimedUntil, at: now)
    }

    private static let removed = "the object was removed after the upload was finished"
    private static let grown = "the object was changed after the upload was finished, and needs more room than it held"
}
