import Ledger
import ObjectStorage
import TollgateCore

extension UploadService {
    /// A start that can be repeated: whoever sends the same key and the same request again within 24 hours gets the
    /// ticket of the first time.
    ///
    /// The key is committed with the upload, so that of any number of equal starts at once, on any gateways and over
    /// any crash, one reserves. A start that was refused is not remembered.
    /// - Throws: ``IdempotencyKeyReused`` where the key came with another request; as ``start(_:by:)``.
    func start(_ request: UploadRequest, by identity: Identity, key: IdempotencyKey) async throws -> Ticket {
        // More than one round only where the first start is committed, or forgotten, between look and reservation.
        for _ in 0..<4 {
            if let ticket = try await repeated(key, by: identity) { return ticket }
            do {
                return try await startAnew(request, by: identity, key: key)
            } catch is IdempotencyKeyTaken {
                continue
            } catch let exceeded as QuotaExceeded {
                // What takes the room may be this very start, sent twice at once.
                if let ticket = try await repeated(key, by: identity) { return ticket }
                throw exceeded
            }
        }
        throw LedgerError.overloaded
    }

    /// The ticket of the first start with this key; nil where there was none.
    ///
    /// What was signed is signed again for the same instant, so that the form is the same to the letter while the
    /// store's credentials are, and lives no longer than it did. The status and the quota are those of now.
    private func repeated(_ key: IdempotencyKey, by identity: Identity) async throws -> Ticket? {
        guard let first = try await ledger.rememberedStart(key, of: identity.tenant.id, at: now()) else { return nil }
        guard first.requestDigest == key.requestDigest else { throw IdempotencyKeyReused() }
        let upload = first.upload
        let signed = try await storage.presignedUpload(
            for: UploadPermission(
                key: upload.key, contentType: upload.fileType.description, length: upload.allowedBytes,
                expiresAt: upload.expiresAt, checksumSHA256: upload.checksum?.bytes), at: first.signedAt)
        let usage = try await ledger.usage(of: identity.tenant.id, at: now())
        return Ticket(upload: upload, signed: signed, usage: usage)
    }
}

/// An idempotency key came a second time with another request.
struct IdempotencyKeyReused: Error, Sendable, Equatable {}
