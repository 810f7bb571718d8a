import Foundation

/// How far a store's clock is from ours.
///
/// Source: Amazon S3 API Reference, "Error responses": a request signed more than 15 minutes off is refused with
/// RequestTimeTooSkewed. A minute is what a policy's life can lose without harm.
struct ClockSkew: Equatable {
    static let allowed = 60
    /// Whole seconds that the store is ahead of us.
    let seconds: Int

    init(store: Date, here: Date) {
        seconds = Int((store.timeIntervalSince1970 - here.timeIntervalSince1970).rounded())
    }

    func finding(_ check: String) -> Finding {
        // The Date header has whole seconds.
        guard abs(seconds) > 1 else { return .ok(check, "the store's clock agrees with this machine's") }
        let seen = "the store's clock is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") this machine's"
        guard abs(seconds) > Self.allowed else { return .ok(check, seen) }
        return .failed(
            check, seen,
            advice:
                "set both clocks by NTP: S3 refuses signatures that are 15 minutes off, and forms end too early or late"
        )
    }
}
