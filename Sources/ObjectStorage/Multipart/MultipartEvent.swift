package import NIOCore

/// What a multipart/form-data body says next.
package enum MultipartEvent: Sendable, Equatable {
    case field(name: String, value: String)
    case fileStart(MultipartFile)
    /// Some of the file's bytes, never empty.
    case fileBytes(ByteBuffer)
    case fileEnd
    /// The closing boundary was read. What follows it (the epilogue) is dropped.
    case end
}

/// The header of the file's part.
package struct MultipartFile: Sendable, Equatable {
    /// The form field's name as the sender wrote it.
    package let name: String
    /// Nil: the part had no `filename` parameter. Not a safe path: whatever the sender chose.
    package let filename: String?
    /// The part's own Content-Type, unchecked.
    package let contentType: String?
}
