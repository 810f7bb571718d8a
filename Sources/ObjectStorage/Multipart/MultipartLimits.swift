/// What a form may cost before its sender has proved anything.
package struct MultipartLimits: Sendable {
    /// Bytes of all that is not the file: fields, part headers, boundaries, preamble.
    package var maximumFieldBytes: Int
    /// Number of fields.
    package var maximumFields: Int
    /// Bytes of one part's header block.
    package var maximumHeaderBytes: Int

    package init(maximumFieldBytes: Int = 20_480, maximumFields: Int = 400, maximumHeaderBytes: Int = 8_192) {
        self.maximumFieldBytes = maximumFieldBytes
        self.maximumFields = maximumFields
        self.maximumHeaderBytes = maximumHeaderBytes
    }

    /// S3's own: 20 KB before the file, "The form data and boundaries (excluding the contents of the file)".
    ///
    /// Source: Amazon S3 API Reference, "POST Object".
    package static let s3 = MultipartLimits()
}
