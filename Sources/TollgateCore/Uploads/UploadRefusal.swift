/// Why a tenant may not start an upload.
package enum UploadRefusal: Error, Hashable, Sendable {
    /// Members that are wrong, whoever asks. Never empty.
    case invalid([MemberProblem])
    case fileTooLarge(declaredBytes: Int64, maximumBytes: Int64)
    case fileTooSmall(declaredBytes: Int64, minimumBytes: Int64)
    /// Nothing was declared, and the smallest size that the tenant allows is over the largest that the key allows.
    case noSizeAllowed(minimumBytes: Int64, maximumBytes: Int64)
    case typeNotAllowed(MediaType, allowed: [MediaTypePattern])
}
