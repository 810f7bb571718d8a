package import TollgateCore

/// An upload about to be reserved and inserted.
package struct NewUpload: Sendable {
    /// As it will be once inserted: pending.
    package let upload: Upload
    package let terms: Holding.Terms
    /// The finished upload whose content it is to become; nil: an upload of its own.
    package let replaces: UploadID?
    /// Remembered with the upload, so that the start can be repeated; nil: it cannot.
    package let idempotencyKey: IdempotencyKey?

    package init(
        upload: Upload, terms: Holding.Terms, replaces: UploadID? = nil, idempotencyKey: IdempotencyKey? = nil
    ) {
        self.upload = upload
        self.terms = terms
        self.replaces = replaces
        self.idempotencyKey = idempotencyKey
    }
}
