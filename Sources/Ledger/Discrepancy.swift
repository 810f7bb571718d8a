package import TollgateCore

/// Something that an invariant of the data rules out, or that is worth a word though it does not.
package struct Discrepancy: Sendable, Equatable {
    package let check: Check
    package let tenantID: TenantID
    package let slug: String
    /// nil where it is about the tenant as a whole.
    package let uploadID: UploadID?
    /// The object it is about; nil where it is about rows alone.
    package let objectKey: ObjectKey?
    /// What is written down: a whole number (bytes, objects, a ledger entry's) or a word, as the check says. nil: nothing
    /// is.
    package let recorded: String?
    /// What it was held against, in the same form.
    package let actual: String?

    package init(
        check: Check, tenantID: TenantID, slug: String, uploadID: UploadID? = nil, objectKey: ObjectKey? = nil,
        recorded: String? = nil, actual: String? = nil
    ) {
        self.check = check
        self.tenantID = tenantID
        self.slug = slug
        self.uploadID = uploadID
        self.objectKey = objectKey
        self.recorded = recorded
        self.actual = actual
    }

    /// What was held against what. The raw values are those of the command's JSON.
    package enum Check: String, Sendable, CaseIterable {
        /// A counter against the finished uploads.
        case usedBytes = "used_bytes"
        case usedObjects = "used_objects"
        /// The sum of the tenant's ledger against the finished uploads.
        case ledgerBytes = "ledger_bytes"
        case ledgerObjects = "ledger_objects"
        /// The ledger's sum for one upload against what it uses; for no upload where no id is given.
        case uploadBytes = "upload_bytes"
        case uploadObjects = "upload_objects"

        /// A counter against what the uploads hold.
        case reservedBytes = "reserved_bytes"
        case reservedObjects = "reserved_objects"
        case pendingUploads = "pending_uploads"
        /// An upload that holds room, and nothing is due that would give it back.
        case heldForever = "held_forever"

        /// The counter of entries against the newest one.
        case lastEntry = "last_entry"
        /// Numbers that the ledger lacks: recorded is the entry before, actual the one behind.
        case missingEntries = "missing_entries"
        /// An entry (recorded) that brings the running sum (actual) below nothing.
        case negativeBytes = "negative_bytes"
        case negativeObjects = "negative_objects"
        /// A quota (recorded) below what is used and reserved (actual).
        case overStorageQuota = "over_storage_quota"
        case overObjectQuota = "over_object_quota"

        /// Entries of an upload that has no row.
        case missingUpload = "missing_upload"
        /// A status (recorded) that the upload's entries (actual) do not lead to.
        case history
        /// A status (recorded) and times (actual) that do not go together.
        case dates

        /// An object that no row speaks of. Actual: its size.
        case objectWithoutUpload = "object_without_upload"
        /// An object of an upload that is over, and nothing is due that would remove it. Recorded: the status.
        case objectLeftBehind = "object_left_behind"
        /// A finished upload without its object. Recorded: its size.
        case objectMissing = "object_missing"
        /// A finished upload whose object has another size or ETag.
        case objectChanged = "object_changed"
        /// The same, while its form could do that and the sweeper is yet to look.
        case objectUnsettled = "object_unsettled"
    }
}

extension Discrepancy.Check {
    /// The number of the invariant in docs/operations.md, 1 to 5.
    package var invariant: Int {
        switch self {
        case .usedBytes, .usedObjects, .ledgerBytes, .ledgerObjects, .uploadBytes, .uploadObjects: 1
        case .reservedBytes, .reservedObjects, .pendingUploads, .heldForever: 2
        case .lastEntry, .missingEntries, .negativeBytes, .negativeObjects, .overStorageQuota, .overObjectQuota: 3
        case .missingUpload, .history, .dates: 4
        case .objectWithoutUpload, .objectLeftBehind, .objectMissing, .objectChanged, .objectUnsettled: 5
        }
    }

    /// Whether it may be so: quotas can be lowered, and forms can be used again while they live.
    package var isNote: Bool {
        switch self {
        case .overStorageQuota, .overObjectQuota, .objectUnsettled: true
        default: false
        }
    }
}
