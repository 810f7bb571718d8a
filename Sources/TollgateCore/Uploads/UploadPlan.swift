/// What an accepted start may do.
package struct UploadPlan: Hashable, Sendable {
    /// The exact `Content-Type` that the form must carry.
    package let contentType: MediaType
    /// Inclusive bounds of the file's size in bytes; one number where the size was declared.
    package let sizeRange: ClosedRange<Int64>
    /// How long the form lives, in seconds.
    package let lifetimeSeconds: Int

    package var minimumBytes: Int64 { sizeRange.lowerBound }
    package var maximumBytes: Int64 { sizeRange.upperBound }

    /// The same plan for a file that cannot have more than this many bytes.
    package func limited(to bytes: Int64) -> UploadPlan {
        let upper = max(sizeRange.lowerBound, min(sizeRange.upperBound, bytes))
        return UploadPlan(
            contentType: contentType, sizeRange: sizeRange.lowerBound...upper, lifetimeSeconds: lifetimeSeconds)
    }

    /// What must be reserved: the most that the form lets anyone store.
    package var reservedBytes: Int64 { sizeRange.upperBound }
}
