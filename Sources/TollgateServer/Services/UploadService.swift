import Foundation
import Ledger
import ObjectStorage
import TollgateCore

/// The life of an upload: start, finish, renew, abort, delete. Knows no HTTP.
struct UploadService: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let holding: Holding
    let keyPrefix: ObjectKeyPrefix
    let ids: UploadIDs
    let now: @Sendable () -> Date

    /// What a start of this caller must keep to.
    func policy(of identity: Identity) -> UploadPolicy { identity.policy.sending(by: storage.uploadMethod) }

    /// Reserves room for an upload and signs the form that brings it.
    /// - Throws: ``UploadRefusal`` for what the tenant or the key does not allow; `QuotaExceeded`.
    func start(_ request: UploadRequest, by identity: Identity) async throws -> Ticket {
        try await startAnew(request, by: identity, key: nil)
    }

    /// Starts, and remembers the start where there is an idempotency key.
    func startAnew(_ request: UploadRequest, by identity: Identity, key idempotencyKey: IdempotencyKey?) async throws
        -> Ticket
    {
        let start = try plan(request, by: identity)
        // Signed first: what is reserved lives as long as the permission, and that may have to end with credentials.
        let signed = try await storage.presignedUpload(for: start.permission, at: start.plannedAt)
        let new = newUpload(start, signed, idempotencyKey: idempotencyKey)
        let usage = try await ledger.reserve(new)
        return Ticket(upload: new.upload, signed: signed, usage: usage)
    }

    /// The first half of a start where nothing has to be waited for: its permission, with nothing reserved.
    /// - Returns: nil where the permission cannot be signed at once.
    /// - Throws: ``UploadRefusal``.
    func prepareAtOnce(_ request: UploadRequest, by identity: Identity) throws -> PreparedStart? {
        let start = try plan(request, by: identity)
        guard let signed = try storage.presignedUploadAtOnce(for: start.permission, at: start.plannedAt) else {
            return nil
        }
        return PreparedStart(new: newUpload(start, signed), signed: signed)
    }

    /// The second half: calls `answer` once, on whichever thread, when it is committed or refused.
    func reserve(_ start: PreparedStart, then answer: @escaping @Sendable (Result<Ticket, any Error>) -> Void) {
        ledger.reserve(start.new) { usage in
            answer(usage.map { Ticket(upload: start.new.upload, signed: start.signed, usage: $0) })
        }
    }

    private func plan(_ request: UploadRequest, by identity: Identity) throws(UploadRefusal) -> PlannedStart {
        let plan = try policy(of: identity).plan(request)
        let now = now()
        let id = ids.next(at: now)
        return PlannedStart(
            id: id, key: key(of: id, request, identity), request: request, identity: identity, plan: plan,
            plannedAt: now)
    }

    private func newUpload(
        _ start: PlannedStart, _ signed: SignedUpload, idempotencyKey: IdempotencyKey? = nil
    ) -> NewUpload {
        newUpload(
            start.id, start.key, start.request, start.plan, start.identity, expiresAt: signed.expiresAt, byForm: true,
            replaces: nil, idempotencyKey: idempotencyKey, at: start.plannedAt)
    }

    /// Whether a planned upload would fit the tenant's quotas at this moment. Nothing is reserved.
    /// - Throws: `QuotaExceeded`.
    func checkQuota(_ plan: UploadPlan, of tenant: TenantID) async throws {
        let usage = try await ledger.usage(of: tenant, at: now())
        _ = try usage.usage.admit(QuotaDemand(plan), limits: usage.limits)
    }

    /// - Throws: ``UploadError/notFound``.
    func upload(_ id: UploadID, of tenant: TenantID) async throws -> Upload {
        guard let upload = try await ledger.upload(id, of: tenant) else { throw UploadError.notFound }
        return upload
    }

    /// The same for a caller. An upload token sees those of its end user alone.
    /// - Throws: ``UploadError/notFound``.
    func upload(_ id: UploadID, by identity: Identity) async throws -> Upload {
        let upload = try await upload(id, of: identity.tenant.id)
        try Self.require(upload, isOf: identity.uploader)
        return upload
    }

    /// The uploader is an upload token's end user; nil for keys, which see all of their tenant's.
    /// - Throws: ``UploadError/notFound``.
    private static func require(_ upload: Upload, isOf uploader: UploaderName?) throws {
        guard let uploader else { return }
        guard let owner = upload.uploadedBy, owner.utf8.elementsEqual(uploader.rawValue.utf8) else {
            throw UploadError.notFound
        }
    }

    /// Looks at the stored object and makes the upload finished, or rejected when the object is not what was declared.
    /// Repeating it answers the same.
    ///
    /// `content` is how the tenant wants the leading bytes to be held against the type.
    /// - Throws: ``UploadError``.
    func finish(
        _ id: UploadID, of tenant: TenantID, uploader: UploaderName? = nil, content: ContentVerification
    ) async throws -> Upload {
        for _ in 0..<Self.rounds {
            if let finished = try await finishOnce(id, of: tenant, uploader, content) { return finished }
        }
        throw LedgerError.overloaded
    }

    /// How often an upload is looked at again that others ended or renewed meanwhile. One whose ending the ledger never
    /// counts, because its tenant has no counters, looks the same.
    private static let rounds = 5

    /// - Returns: nil where somebody else ended it meanwhile, and what they did is the answer; or renewed it.
    private func finishOnce(
        _ id: UploadID, of tenant: TenantID, _ uploader: UploaderName?, _ content: ContentVerification
    ) async throws -> Upload? {
        guard let upload = try await ledger.uploadToEnd(id, of: tenant) else { throw UploadError.notFound }
        try Self.require(upload, isOf: uploader)
        switch upload.status {
        case .finished: return upload
        case .rejected: throw UploadError.rejected(upload.rejection)
        case .aborted, .expired, .deleted: throw UploadError.invalidState(upload.status)
        case .pending: break
        }
        // The time before the look: what arrives behind it is looked at again.
        let seenAt = now()
        let object: StoredObject
        switch try await examine(upload, content) {
        case .missing: throw UploadError.objectMissing
        case .rejected(let rejection):
            try await reject(upload, rejection)
            return nil
        case .passed(let found): object = found
        }
        return try await ledger.finish(
            id, of: tenant,
            object: FinishedObject(object),
            terms: holding.finished(
                upload, storedBytes: object.size, storeVerifiesChecksums: object.checksumSHA256 != nil, at: seenAt),
            formExpiresAt: upload.expiresAt, at: now())
    }

    /// The same for a caller, by the limits of the tenant it speaks for.
    func finish(_ id: UploadID, by identity: Identity) async throws -> Upload {
        try await finish(
            id, of: identity.tenant.id, uploader: identity.uploader, content: identity.tenant.limits.verifyContent)
    }

    /// Gives a pending upload a new form: same id and key, new expiry.
    func renew(_ id: UploadID, by identity: Identity) async throws -> Ticket {
        let tenant = identity.tenant
        let upload = try await upload(id, by: identity)
        guard upload.status == .pending, upload.byForm else { throw UploadError.invalidState(upload.status) }
        try identity.policy.requireAllowed(upload)
        // Started while the store still took forms.
        guard upload.declaredBytes != nil || !storage.uploadMethod.requiresDeclaredSize else {
            throw UploadError.sizeNotDeclared
        }
        let now = now()
        let lifetime = identity.policy.defaultLifetimeSeconds(isDeclared: upload.declaredBytes != nil)
        // Never earlier than the form that is out already: the reservation lives as long as any of them.
        let wanted = max(upload.expiresAt, now.addingTimeInterval(TimeInterval(lifetime)))
        let signed = try await storage.presignedUpload(
            for: UploadPermission(
                key: upload.key, contentType: upload.fileType.description, length: upload.allowedBytes,
                expiresAt: wanted, checksumSHA256: upload.checksum?.bytes), at: now)
        // Of two renewals at once the later end holds.
        let expiresAt = max(upload.expiresAt, signed.expiresAt)
        let terms = holding.pending(allowedBytes: upload.allowedBytes, expiresAt: expiresAt)
        guard
            let renewed = try await ledger.renew(
                id, of: tenant.id, expiresAt: expiresAt, nextLookAt: terms.nextLookAt)
        else {
            throw UploadError.invalidState(try await self.upload(id, of: tenant.id).status)
        }
        return Ticket(upload: renewed, signed: signed, usage: try await ledger.usage(of: tenant.id, at: now))
    }

    /// Aborts a pending upload or deletes a finished one with its object. Repeating it asks the store again: it may have
    /// been out of reach when the row moved, and an object that is said to be gone is gone.
    ///
    /// An upload token aborts; what is finished only a key deletes.
    func remove(_ id: UploadID, by identity: Identity) async throws {
        for _ in 0..<Self.rounds where try await removeOnce(id, by: identity) { return }
        throw LedgerError.overloaded
    }

    /// - Returns: false where somebody else ended or renewed it meanwhile: look again at what there is to remove.
    private func removeOnce(_ id: UploadID, by identity: Identity) async throws -> Bool {
        let upload = try await upload(id, by: identity)
        guard case .moves(let status) = upload.status.moveOnRemoval else {
            try await storage.delete([upload.key])
            return true
        }
        guard status == .aborted || identity.uploader == nil else { throw UploadError.notForTokens }
        let now = now()
        let withdrawn = try await ledger.withdraw(
            id, of: upload.tenantID, as: status == .aborted ? .abort : .delete,
            terms: holding.withdrawn(upload, at: now), formExpiresAt: upload.expiresAt, at: now)
        guard withdrawn != nil else { return false }
        try await storage.delete([upload.key])
        return true
    }

    /// An upload whose bytes come through the gateway: no permission is out for it.
    func newFile(
        _ request: UploadRequest, _ plan: UploadPlan, _ identity: Identity, replaces: UploadID?, at now: Date
    ) -> NewUpload {
        let id = ids.next(at: now)
        return newUpload(
            id, key(of: id, request, identity), request, plan, identity,
            expiresAt: now.addingTimeInterval(TimeInterval(plan.lifetimeSeconds)), byForm: false, replaces: replaces,
            at: now)
    }

    private func key(of id: UploadID, _ request: UploadRequest, _ identity: Identity) -> ObjectKey {
        ObjectKey.make(
            prefix: keyPrefix, slug: identity.tenant.slug, uploadID: id, extension: request.fileName.fileExtension)
    }

    private func newUpload(
        _ id: UploadID, _ key: ObjectKey, _ request: UploadRequest, _ plan: UploadPlan, _ identity: Identity,
        expiresAt: Date, byForm: Bool, replaces: UploadID?, idempotencyKey: IdempotencyKey? = nil, at now: Date
    ) -> NewUpload {
        NewUpload(
            upload: Upload(
                id: id, tenantID: identity.tenant.id, status: .pending, fileName: request.fileName.rawValue,
                fileType: plan.contentType,
                key: key,
                declaredBytes: request.fileSize, allowedBytes: plan.sizeRange, storedBytes: nil,
                checksum: request.checksum, etag: nil, uploadedBy: request.uploadedBy?.rawValue,
                apiKeyID: identity.keyID, reservedBytes: plan.reservedBytes,
                metadata: request.metadata.dictionary, byForm: byForm, rejection: nil, createdAt: now,
                expiresAt: expiresAt, finishedAt: nil, deletedAt: nil),
            terms: holding.pending(allowedBytes: plan.sizeRange, expiresAt: expiresAt), replaces: replaces,
            idempotencyKey: idempotencyKey)
    }

    /// Comes back where somebody else ended or renewed it meanwhile.
    /// - Throws: ``UploadError/rejected(_:)`` once it is.
    private func reject(_ upload: Upload, _ rejection: UploadRejection) async throws {
        let now = now()
        let rejected = try await ledger.withdraw(
            upload.id, of: upload.tenantID, as: .reject(rejection), terms: holding.withdrawn(upload, at: now),
            formExpiresAt: upload.expiresAt, seenAs: upload.status, at: now)
        guard rejected != nil else { return }
        try await storage.delete([upload.key])
        throw UploadError.rejected(rejection)
    }
}

/// A start that the policy allows, before anything is signed or reserved.
private struct PlannedStart {
    let id: UploadID
    let key: ObjectKey
    let request: UploadRequest
    let identity: Identity
    let plan: UploadPlan
    let plannedAt: Date

    var permission: UploadPermission {
        UploadPermission(
            key: key, contentType: plan.contentType.description, length: plan.sizeRange,
            expiresAt: plannedAt.addingTimeInterval(TimeInterval(plan.lifetimeSeconds)),
            checksumSHA256: request.checksum?.bytes)
    }
}

/// A start with its permission, before it is reserved.
struct PreparedStart: Sendable {
    fileprivate let new: NewUpload
    fileprivate let signed: SignedUpload
}

/// An upload with the permission to bring its bytes.
struct Ticket: Sendable {
    let upload: Upload
    let signed: SignedUpload
    let usage: TenantUsage
}

/// Why an upload cannot do what was asked.
enum UploadError: Error, Sendable, Equatable {
    /// Unknown, or another tenant's.
    case notFound
    case invalidState(UploadStatus)
    /// Nothing was uploaded yet.
    case objectMissing
    /// The store can sign for a declared size only, and the upload has none.
    case sizeNotDeclared
    /// A finished upload that an upload token was to delete.
    case notForTokens
    /// The stored object broke its declaration; nil where the reason was not kept.
    case rejected(UploadRejection?)
}
