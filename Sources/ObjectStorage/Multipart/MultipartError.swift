/// Why a body is not the multipart/form-data that it says it is. It never carries a field's value.
package enum MultipartError: Error, Sendable, Equatable {
    /// The Content-Type is absent or another one.
    case notMultipart
    /// The `boundary` parameter is missing or not one that RFC 2046 section 5.1.1 allows.
    case invalidBoundary
    /// The bytes break the format; the text says how, for people.
    case malformed(String)
    /// A part's header block is longer than the limit, in bytes.
    case headersTooLarge(maximumBytes: Int)
    /// Everything that is not the file (fields, headers, boundaries) is longer than the limit, in bytes.
    case fieldsTooLarge(maximumBytes: Int)
    /// More fields than the limit.
    case tooManyFields(maximum: Int)
    /// The body ended before its closing boundary.
    case truncated
}
