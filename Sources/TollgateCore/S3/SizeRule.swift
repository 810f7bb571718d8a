/// The file sizes that all content-length-range conditions of a policy allow together, in whole bytes, inclusive.
///
/// Source: Amazon S3 API Reference, "POST Policy" (sigv4-HTTPPOSTConstructPolicy), "Specifying Ranges".
package struct SizeRule: Sendable, Equatable {
    /// The largest of the lower bounds.
    package private(set) var minimumBytes: Int64
    /// The smallest of the upper bounds. It may lie below the minimum: then no file is right.
    package private(set) var maximumBytes: Int64

    package init(minimumBytes: Int64, maximumBytes: Int64) {
        self.minimumBytes = minimumBytes
        self.maximumBytes = maximumBytes
    }

    /// Takes a further range into account: both must hold.
    mutating func narrow(to other: SizeRule) {
        minimumBytes = max(minimumBytes, other.minimumBytes)
        maximumBytes = min(maximumBytes, other.maximumBytes)
    }

    /// `-1...-1` where the bounds exclude each other.
    var range: ClosedRange<Int64> {
        minimumBytes <= maximumBytes ? minimumBytes...maximumBytes : -1 ... -1
    }

    func tooLarge(proposed: Int64) -> S3Error? {
        guard proposed > maximumBytes else { return nil }
        return S3Error(
            status: 400, code: "EntityTooLarge", message: "Your proposed upload exceeds the maximum allowed size",
            elements: [.init("ProposedSize", String(proposed)), .init("MaxSizeAllowed", String(maximumBytes))])
    }

    func tooSmall(actual: Int64) -> S3Error? {
        guard actual < minimumBytes else { return nil }
        return S3Error(
            status: 400, code: "EntityTooSmall",
            message: "Your proposed upload is smaller than the minimum allowed size",
            elements: [.init("ProposedSize", String(actual)), .init("MinSizeAllowed", String(minimumBytes))])
    }
}
