/// Where an upload stands. The raw values are those of the API and the database.
package enum UploadStatus: String, Hashable, Sendable, CaseIterable {
    case pending
    case finished
    case aborted
    case expired
    case rejected
    case deleted

    /// The states that may follow this one directly: pending → finished, aborted, expired or rejected;
    /// finished → deleted, or rejected when the content was swapped after the finish.
    package var successors: Set<UploadStatus> {
        switch self {
        case .pending: [.finished, .aborted, .expired, .rejected]
        case .finished: [.deleted, .rejected]
        case .aborted, .expired, .rejected, .deleted: []
        }
    }

    /// What a request to bring an upload into `next` does. Being there already is no error: a second finish or abort
    /// answers like the first.
    ///
    /// - Throws: ``UploadTransitionRefused`` when no way leads there.
    package func move(to next: UploadStatus) throws(UploadTransitionRefused) -> UploadMove {
        if self == next { return .alreadyThere }
        guard successors.contains(next) else { throw UploadTransitionRefused(from: self, to: next) }
        return .moves(to: next)
    }

    /// What a user's removal of an upload does: a pending one is aborted, a finished one deleted, and on every other
    /// there is nothing left to do.
    package var moveOnRemoval: UploadMove {
        switch self {
        case .pending: .moves(to: .aborted)
        case .finished: .moves(to: .deleted)
        case .aborted, .expired, .rejected, .deleted: .alreadyThere
        }
    }
}

/// The effect of a request on an upload's status.
package enum UploadMove: Hashable, Sendable {
    case moves(to: UploadStatus)
    case alreadyThere
}

/// A change of status that the rules do not know.
package struct UploadTransitionRefused: Error, Hashable, Sendable, CustomStringConvertible {
    package let from: UploadStatus
    package let to: UploadStatus

    package var description: String { "an upload that is \(from.rawValue) cannot become \(to.rawValue)" }
}
