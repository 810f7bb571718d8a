import Foundation
package import TollgateCore

/// How an upload ends without counting any more.
package enum Withdrawal: Sendable {
    /// A pending upload that its tenant gave up.
    case abort
    /// A pending upload for which nothing came, or nothing that is kept.
    case expire
    /// A pending or finished upload whose object breaks its declaration.
    case reject(UploadRejection)
    /// A finished upload that its tenant removed.
    case delete
}

/// What the store showed of an object that is now finished.
package struct FinishedObject: Sendable {
    package let bytes: Int64
    package let etag: String
    /// nil where the store told none: a declared one stays.
    package let checksum: ChecksumSHA256?

    package init(bytes: Int64, etag: String, checksum: ChecksumSHA256?) {
        self.bytes = bytes
        self.etag = etag
        self.checksum = checksum
    }
}

/// What may still change between a start and a finish, where bytes and names come in one request.
package struct LateNames: Sendable {
    package let fileName: String?
    package let uploadedBy: String?

    package init(fileName: String?, uploadedBy: String?) {
        self.fileName = fileName
        self.uploadedBy = uploadedBy
    }

    /// Nothing changes.
    package static let none = LateNames(fileName: nil, uploadedBy: nil)
}

/// One upload's way out of a state: finished, or withdrawn.
struct Ending: Sendable {
    enum Change: Sendable {
        case finish(FinishedObject, LateNames)
        case withdraw(Withdrawal)
    }

    let id: UploadID
    let tenant: TenantID
    let change: Change
    /// What the upload still holds afterwards.
    let terms: Holding.Terms
    /// The end of the form for which the terms were made; nil: no form is out.
    let formExpiresAt: Date?
    /// The claim under which a sweeper ends it (``DueUpload/claimedUntil``); nil: whoever ends it has none.
    var claimedUntil: Date?
    /// The state in which it was judged; nil: any that the rules allow.
    var seenAs: UploadStatus?
    let now: Date
}

extension Ending {
    var status: UploadStatus {
        switch change {
        case .finish: .finished
        case .withdraw(.abort): .aborted
        case .withdraw(.expire): .expired
        case .withdraw(.reject): .rejected
        case .withdraw(.delete): .deleted
        }
    }

    /// Whether the rules know a way there (``UploadStatus``'s transitions), and it was judged in that state.
    func mayCome(from origin: UploadStatus) -> Bool {
        (seenAs ?? origin) == origin && origin.successors.contains(status)
    }

    /// The kind of the ledger entry, should there be one.
    var entryKind: String {
        switch change {
        case .finish: "finish"
        case .withdraw(.reject): "reject"
        case .withdraw(.abort), .withdraw(.expire), .withdraw(.delete): "delete"
        }
    }

    var object: FinishedObject? {
        if case .finish(let object, _) = change { object } else { nil }
    }

    var names: LateNames {
        if case .finish(_, let names) = change { names } else { .none }
    }

    var rejection: UploadRejection? {
        if case .withdraw(.reject(let rejection)) = change { rejection } else { nil }
    }
}
