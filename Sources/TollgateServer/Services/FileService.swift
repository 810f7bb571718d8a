import Foundation
import Hummingbird
import Ledger
import ObjectStorage
import TollgateCore

/// Files whose bytes pass through the gateway, for clients that cannot post to the store themselves.
///
/// The quota is reserved before the first byte is stored, as for a start: for as much as the request can bring. The
/// bytes are handed on as they arrive and never held whole.
struct FileService: Sendable {
    let uploads: UploadService

    /// Stores the file of a form as a new, finished upload.
    /// - Throws: ``UploadRefusal``, `QuotaExceeded`, `ObjectStorageError`, `MultipartError`.
    func store(_ request: Request, by identity: Identity) async throws -> Upload {
        try await receive(request, by: identity, replacing: nil) { new, object, names in
            try await finish(new, object, names)
        }
    }

    /// Stores the file of a form as new content of a finished upload, under a new key. What was there is served until
    /// the new content is whole, and then removed. Both count until then.
    /// - Throws: ``UploadError``; as ``store(_:by:)``.
    func replace(_ request: Request, for id: UploadID, by identity: Identity) async throws -> Upload {
        let old = try await uploads.upload(id, of: identity.tenant.id)
        guard old.status == .finished else { throw UploadError.invalidState(old.status) }
        return try await receive(request, by: identity, replacing: old) { new, object, names in
            let replaced = try await uploads.ledger.replace(
                old.id, with: new, object: FinishedObject(object), names: names, holding: uploads.holding,
                at: uploads.now())
            guard let replaced else { throw UploadError.invalidState(.deleted) }
            // Where this fails, the sweeper goes on with it.
            try await uploads.storage.delete([replaced.oldKey])
            return replaced.upload
        }
    }

    /// Reserves, stores, and hands on to `complete`; gives everything back where one of these fails.
    private func receive(
        _ request: Request, by identity: Identity, replacing old: Upload?,
        _ complete: (Upload, StoredObject, LateNames) async throws -> Upload
    ) async throws -> Upload {
        var form = try await FileForm(request, fields: ["file_name", "file_type", "uploaded_by"])
        let start = try parse(draft(form, replacing: old))
        let plan = try plan(start, form, identity)
        let new = uploads.newFile(start, plan, identity, replaces: old?.id, at: uploads.now())
        _ = try await uploads.ledger.reserve(new)
        do {
            let object = try await put(&form, new.upload, by: identity)
            return try await complete(new.upload, object, lateFields(form, start, replacing: old))
        } catch {
            // Where this fails too, the sweeper finds the upload when its time is over.
            try await discard(new, because: error)
            throw error
        }
    }

    /// Stores the file of a form as the object of an upload that was started: what the form of its ticket would do.
    /// - Throws: ``UploadError``; as ``store(_:by:)``.
    func upload(_ request: Request, for id: UploadID, by identity: Identity) async throws -> Upload {
        let upload = try await uploads.upload(id, by: identity)
        // Another file that is on its way through the gateway is nobody else's to write.
        guard upload.status == .pending, upload.byForm else { throw UploadError.invalidState(upload.status) }
        try identity.policy.requireAllowed(upload)
        guard uploads.now() < upload.expiresAt else { throw UploadError.invalidState(.expired) }
        var form = try await FileForm(request, fields: nil)
        _ = try await put(&form, upload, by: identity)
        return upload
    }

    private func draft(_ form: FileForm, replacing old: Upload?) -> UploadDraft {
        UploadDraft(
            fileName: form.fields["file_name"] ?? form.file.filename.map(Self.lastComponent) ?? old?.fileName,
            fileType: form.fields["file_type"], uploadedBy: form.fields["uploaded_by"] ?? old?.uploadedBy)
    }

    /// Some browsers send a path where a name is meant (RFC 7578, section 4.2): only its last part is a name.
    private static func lastComponent(_ path: String) -> String {
        path.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? path
    }

    /// What the tenant's limits allow, held down to what the request can bring.
    private func plan(_ start: UploadRequest, _ form: FileForm, _ identity: Identity) throws -> UploadPlan {
        let plan = try identity.policy.plan(start)
        guard let arriving = form.maximumBytes else { return plan }
        guard form.fileMayHave(plan.maximumBytes) else {
            throw UploadRefusal.fileTooLarge(declaredBytes: arriving, maximumBytes: plan.maximumBytes)
        }
        guard arriving >= plan.minimumBytes else {
            throw UploadRefusal.fileTooSmall(declaredBytes: arriving, minimumBytes: plan.minimumBytes)
        }
        return plan.limited(to: arriving)
    }

    private func put(_ form: inout FileForm, _ upload: Upload, by identity: Identity) async throws -> StoredObject {
        let attributes = ObjectAttributes(
            contentType: upload.fileType.description,
            checksum: upload.checksum.map { .verify($0.bytes) } ?? .compute)
        let storage = uploads.storage
        let content = identity.tenant.limits.verifyContent
        return try await form.pass(
            maximumBytes: upload.allowedBytes.upperBound, within: uploads.holding.slowestUpload
        ) { bytes in
            try await storage.put(
                upload.key, attributes, length: upload.allowedBytes,
                body: JudgedBytes(base: bytes, declared: upload.fileType, content: content))
        }
    }

    /// What was said behind the file. The type cannot be: the object has it already.
    private func lateFields(_ form: FileForm, _ start: UploadRequest, replacing old: Upload?) throws -> LateNames {
        let whole = try parse(draft(form, replacing: old))
        guard whole.fileType == start.fileType else {
            throw UploadRefusal.invalid([MemberProblem(pointer: "/file_type", detail: "must stand before the file")])
        }
        return LateNames(fileName: whole.fileName.rawValue, uploadedBy: whole.uploadedBy?.rawValue)
    }

    private func parse(_ draft: UploadDraft) throws(UploadRefusal) -> UploadRequest {
        do throws(InvalidMembers) { return try UploadRequest(draft) } catch { throw .invalid(error.problems) }
    }

    private func finish(_ upload: Upload, _ object: StoredObject, _ names: LateNames) async throws -> Upload {
        let now = uploads.now()
        let finished = try await uploads.ledger.finish(
            upload.id, of: upload.tenantID, object: FinishedObject(object), names: names,
            terms: uploads.holding.finished(
                upload, storedBytes: object.size, storeVerifiesChecksums: true, at: now), at: now)
        guard let finished else { throw UploadError.invalidState(.expired) }
        return finished
    }

    /// Ends an upload whose request is over without a finish, rejected where its bytes were refused, else aborted, and
    /// removes what it brought.
    private func discard(_ new: NewUpload, because error: any Error) async throws {
        let upload = new.upload
        let now = uploads.now()
        let withdrawal: Withdrawal
        if case UploadError.rejected(let rejection?) = error {
            withdrawal = .reject(rejection)
        } else {
            withdrawal = .abort
        }
        let withdrawn = try await uploads.ledger.withdraw(
            upload.id, of: upload.tenantID, as: withdrawal, terms: uploads.holding.over(at: now), at: now)
        if withdrawn == nil {
            // Not pending any more: deleted or expired while it came, or finished after all and only the answer lost.
            let ids = [upload.id] + (new.replaces.map { [$0] } ?? [])
            guard try await !uploads.ledger.isFinished(upload.key, of: upload.tenantID, among: ids) else { return }
        }
        try await uploads.storage.delete([upload.key])
    }
}
