/// Judges browser forms and signed requests for one bucket and one region, as Amazon S3 would. Pure.
package struct S3Judge: Sendable {
    let bucket: String
    let region: String
    let secretAccessKey: @Sendable (_ accessKeyID: String) -> String?

    /// - Parameters:
    ///   - bucket: the only bucket there is.
    ///   - region: the region that credentials must name.
    ///   - secretAccessKey: answers the secret of an access key, or nil for one that is not known.
    package init(
        bucket: String, region: String, secretAccessKey: @escaping @Sendable (_ accessKeyID: String) -> String?
    ) {
        self.bucket = bucket
        self.region = region
        self.secretAccessKey = secretAccessKey
    }
}
