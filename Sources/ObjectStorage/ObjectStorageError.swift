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
}
