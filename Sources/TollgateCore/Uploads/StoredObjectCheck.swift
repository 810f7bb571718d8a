/// What was agreed on when an upload started.
package struct DeclaredUpload: Hashable, Sendable {
    /// Inclusive bounds of the size in bytes; one number where the size was declared.
    package let sizeRange: ClosedRange<Int64>
    package let contentType: MediaType
    package let checksum: ChecksumSHA256?

    package init(sizeRange: ClosedRange<Int64>, contentType: MediaType, checksum: ChecksumSHA256?) {
        self.sizeRange = sizeRange
        self.contentType = contentType
        self.checksum = checksum
    }
}

/// What the store says of an object.
package struct StoredFacts: Hashable, Sendable {
    package let sizeBytes: Int64
    /// The `Content-Type` as the store gave it.
    package let contentType: String?
    /// nil where the store keeps none, or keeps one of parts (a composite checksum).
    package let checksum: ChecksumSHA256?

    package init(sizeBytes: Int64, contentType: String?, checksum: ChecksumSHA256?) {
        self.sizeBytes = sizeBytes
        self.contentType = contentType
        self.checksum = checksum
    }
}

/// Compares an object with what its upload declared. The leading bytes are looked at elsewhere.
package enum StoredObjectCheck {
    package enum Verdict: Hashable, Sendable {
        case matches
        /// All that the store shows is right, but a checksum was declared and the store keeps none: the bytes decide.
        case needsChecksum(ChecksumSHA256)
        case rejected(UploadRejection)
    }

    package static func compare(_ declared: DeclaredUpload, with stored: StoredFacts) -> Verdict {
        guard declared.sizeRange.contains(stored.sizeBytes) else {
            return reject(.sizeMismatch, expected(declared.sizeRange) + "; stored: \(stored.sizeBytes) bytes")
        }
        guard matches(declared.contentType, stored.contentType) else {
            let shown = stored.contentType.map { String($0.prefix(MediaType.maximumBytes)) } ?? "none"
            return reject(.typeMismatch, "declared: \(declared.contentType); stored: \(shown)")
        }
        guard let checksum = declared.checksum else { return .matches }
        guard let storedChecksum = stored.checksum else { return .needsChecksum(checksum) }
        return compare(checksum, with: storedChecksum)
    }

    /// For a checksum that was computed from the object's bytes.
    package static func compare(_ declared: ChecksumSHA256, with actual: ChecksumSHA256) -> Verdict {
        guard declared == actual else {
            return reject(.checksumMismatch, "declared SHA-256: \(declared); stored: \(actual)")
        }
        return .matches
    }

    /// Parsed on both sides: a store may write the same type with other spaces or letters.
    private static func matches(_ declared: MediaType, _ stored: String?) -> Bool {
        guard let stored else { return false }
        do throws(MediaTypeProblem) {
            return try MediaType(stored) == declared
        } catch {
            return false
        }
    }

    private static func expected(_ range: ClosedRange<Int64>) -> String {
        range.lowerBound == range.upperBound
            ? "declared: \(range.lowerBound) bytes" : "allowed: \(range.lowerBound) to \(range.upperBound) bytes"
    }

    private static func reject(_ reason: UploadRejection.Reason, _ detail: String) -> Verdict {
        .rejected(UploadRejection(reason: reason, detail: detail))
    }
}
