internal import TollgateCore

/// When a form's file is too large: as soon as too many bytes have arrived, or are sure to.
struct PostSizeLimit {
    private let grant: PostGrant
    /// The file's size, if the form ends right behind it as it usually does.
    private let announced: Int64?

    /// S3's own limit for a single upload: 5 GiB.
    ///
    /// Source: Amazon S3 User Guide, "Uploading objects".
    private static let largestUpload: Int64 = 5 << 30

    /// Fields may follow the file, a submit button for one, and S3 ignores them: as much of the body is not taken for
    /// the file when it is judged by its length alone.
    private static let trailerBytes: Int64 = 65_536

    /// The reader has just come to the file.
    init(_ grant: PostGrant, _ reader: MultipartReader, contentLength: Int64?) {
        self.grant = grant
        announced = contentLength.map { $0 - Int64(reader.overheadBytes) - Int64(reader.closingByteCount) }
    }

    /// The refusal that the request's length alone proves due.
    var announcedRefusal: S3Error? {
        guard let announced, tooLarge(announced - Self.trailerBytes) != nil else { return nil }
        return tooLarge(announced)
    }

    /// The refusal due when so many bytes of the file have arrived.
    func refusal(at size: Int64) -> S3Error? {
        guard tooLarge(size) != nil else { return nil }
        return tooLarge(max(size, announced ?? size))
    }

    private func tooLarge(_ size: Int64) -> S3Error? {
        if let refusal = grant.tooLarge(proposed: size) { return refusal }
        return size > Self.largestUpload ? .entityTooLarge(proposed: size, maximum: Self.largestUpload) : nil
    }
}
