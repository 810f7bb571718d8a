/// The words that S3 knows for an object's attributes; others are refused, by the settings and by the local store.
package enum ObjectVocabulary {
    /// Source: Amazon S3 User Guide, "Access control list (ACL) overview", section "Canned ACL".
    package static let cannedACLs = [
        "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
        "bucket-owner-full-control",
    ]

    /// Source: Amazon S3 API Reference, "PutObject", header `x-amz-server-side-encryption`.
    package static let encryptions = ["AES256", "aws:kms", "aws:kms:dsse"]

    /// Source: Amazon S3 API Reference, "PutObject", header `x-amz-storage-class`.
    static let storageClasses = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
        "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP",
    ]
}
