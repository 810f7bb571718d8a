package import Prometheus
package import TollgateCore

/// How one kind of changes is being committed, or of rows read.
package struct CommitLoad: Sendable {
    /// `starts`, `endings`, or `looks`, which are reads.
    package let name: String
    /// Requests that wait for the batch before theirs.
    package let waiting: Int
    /// How many requests each batch was for, since the start of the process.
    package let batchSizes: Histogram
}

extension Ledger {
    package var commits: [CommitLoad] {
        [
            CommitLoad(name: "starts", waiting: starts.waitingCount, batchSizes: starts.batchSizes),
            CommitLoad(name: "endings", waiting: endings.waitingCount, batchSizes: endings.batchSizes),
            CommitLoad(name: "looks", waiting: looks.waitingCount, batchSizes: looks.batchSizes),
        ]
    }

    /// Tenants whose counters somebody else was seen to hold for long, and nothing of theirs was committed since.
    package var heldTenants: Int { held.count }

    /// Reservations that this process refused, by the first quota without room.
    package var quotaRefusals: [(quota: QuotaExceeded.Name, count: UInt64)] {
        QuotaExceeded.Name.allCases.map { ($0, refusals.counter(of: $0).value) }
    }
}

/// Counts refused reservations by quota.
struct QuotaRefusals: Sendable {
    private let storageBytes = Counter()
    private let objects = Counter()
    private let pendingUploads = Counter()
    private let monthlyUploadBytes = Counter()

    func counter(of quota: QuotaExceeded.Name) -> Counter {
        switch quota {
        case .storageBytes: storageBytes
        case .objects: objects
        case .pendingUploads: pendingUploads
        case .monthlyUploadBytes: monthlyUploadBytes
        }
    }
}
