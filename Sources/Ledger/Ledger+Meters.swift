package import Prometheus
package import TollgateCore

/// How one kind of changes is being committed.
package struct CommitLoad: Sendable {
    /// `starts` or `endings`.
    package let name: String
    /// Changes that wait for the commit before theirs.
    package let waiting: Int
    /// How many changes each commit was for, since the start of the process.
    package let batchSizes: Histogram
}

extension Ledger {
    package var commits: [CommitLoad] {
        [
            CommitLoad(name: "starts", waiting: starts.waitingCount, batchSizes: starts.batchSizes),
            CommitLoad(name: "endings", waiting: endings.waitingCount, batchSizes: endings.batchSizes),
        ]
    }

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
