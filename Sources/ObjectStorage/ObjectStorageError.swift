package import TollgateCore

/// Why a store did not do what it was asked.
package enum ObjectStorageError: Error, Sendable, Equatable {
    /// The store cannot hold an object of that name; the reason is for people.
    case invalidKey(reason: String)
    /// More bytes than allowed.
    case tooLarge(maximumBytes: Int64)
    /// The bytes ended too early.
    case tooSmall(minimumBytes: Int64)
    /// The bytes are not those whose SHA-256 was declared.
    case checksumMismatch
    /// The store is out of reach, full or broken; the reason is for the operator. Trying again may help.
    case unavailable(reason: String)
    /// The store refuses the gateway: wrong credentials, a missing permission, no such bucket. Its operator is asked for.
    case refused(status: Int, code: String)
    /// These objects are still there; others of the same call may be gone.
    case notDeleted([KeptObject])

    /// An object that a store did not remove, and its word why, `AccessDenied` for one.
    package struct KeptObject: Sendable, Equatable {
        package let key: ObjectKey
        package let code: String
    }
}

extension ObjectStorageError.KeptObject: CustomStringConvertible {
    /// Without the key, whose end a client has chosen.
    package var description: String { code }
}
